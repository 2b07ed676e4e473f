/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-words.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>

#include "engine/pw-error.h"
#include "engine/pw-format.h"
#include "engine/pw-mend.h"

#define MINUTE ((gint64) 60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define LRM "\u200e"
#define RLM "\u200f"

static const struct {
  const char *label;
  const char *action;
} helps[PW_N_HELPS] = {
  [PW_HELP_RETRY] = { N_("Try Again"), "win.retry-upload" },
  [PW_HELP_ANYWAY] = { N_("Upload Anyway"), "win.retry-upload" },
  [PW_HELP_CHOOSE_AGAIN] = { N_("Choose Again…"), "win.choose-again" },
  [PW_HELP_FOLLOW] = { N_("Send Changes"), "win.follow-upload" },
  [PW_HELP_EXISTS] = { N_("Decide…"), "win.decide-upload" },
  [PW_HELP_DESTINATION] = { N_("Edit Destination"), "win.mend-destination" },
  [PW_HELP_KEYS] = { N_("Enter Keys…"), "win.enter-keys" },
};

static PwHelp
help_for (int code)
{
  switch (code) {
  case PW_ERROR_METERED:
    return PW_HELP_ANYWAY;
  case PW_ERROR_SOURCE_VANISHED:
  case PW_ERROR_SOURCE_UNREADABLE:
  case PW_ERROR_SOURCE_NOT_A_FILE:
    return PW_HELP_CHOOSE_AGAIN;
  case PW_ERROR_SOURCE_CHANGED:
    return PW_HELP_FOLLOW;
  case PW_ERROR_EXISTS:
    return PW_HELP_EXISTS;
  case PW_ERROR_CREDENTIALS_MISSING:
  case PW_ERROR_CREDENTIALS_EXPIRED:
  case PW_ERROR_CREDENTIALS_WRONG:
  case PW_ERROR_KEYRING_ABSENT:
  case PW_ERROR_KEYRING_REFUSED:
    return PW_HELP_KEYS;
  case PW_ERROR_NO_SUCH_BUCKET:
  case PW_ERROR_REGION:
  case PW_ERROR_DESTINATION:
  case PW_ERROR_CERTIFICATE:
  case PW_ERROR_CA_FILE:
  case PW_ERROR_INSECURE:
  case PW_ERROR_STORAGE_CLASS:
  case PW_ERROR_KMS:
  case PW_ERROR_PLAN:
  case PW_ERROR_UNSUPPORTED:
    return PW_HELP_DESTINATION;
  default:
    return PW_HELP_RETRY;
  }
}

PwHelp
pw_words_get_help (PwUpload *upload)
{
  if (upload->state != PW_UPLOAD_FAILED && upload->state != PW_UPLOAD_PAUSED)
    return PW_HELP_NONE;
  if (!upload->error || upload->is_asked)
    return PW_HELP_NONE;
  return upload->error->domain == PW_ERROR ? help_for (upload->error->code) : PW_HELP_RETRY;
}

const char *
pw_words_get_label (PwHelp help)
{
  return helps[help].label ? _(helps[help].label) : NULL;
}

const char *
pw_words_get_action (PwHelp help)
{
  return helps[help].action;
}

gboolean
pw_words_is_error (PwUpload *upload)
{
  return upload->state == PW_UPLOAD_FAILED && !upload->is_asked
         && !g_error_matches (upload->error, PW_ERROR, PW_ERROR_EXISTS);
}

PwToggle
pw_words_get_toggle (PwUpload *upload)
{
  if (upload->state <= PW_UPLOAD_FINISHING || pw_upload_is_troubled (upload))
    return PW_TOGGLE_PAUSE;
  return upload->state == PW_UPLOAD_PAUSED && !upload->error ? PW_TOGGLE_RESUME : PW_TOGGLE_NONE;
}

char *
pw_words_dup_ago (gint64 then,
                  gint64 now)
{
  gint64 seconds = MAX (now - then, 0);
  g_autoptr (GDateTime) date = NULL;

  if (seconds < MINUTE)
    return g_strdup (_("just now"));
  if (seconds < HOUR) {
    gulong n = (gulong) (seconds / MINUTE);

    return g_strdup_printf (ngettext ("%lu minute ago", "%lu minutes ago", n), n);
  }
  if (seconds < DAY) {
    gulong n = (gulong) (seconds / HOUR);

    return g_strdup_printf (ngettext ("%lu hour ago", "%lu hours ago", n), n);
  }
  date = g_date_time_new_from_unix_local (then);
  /* Translators: a date, as strftime() writes it. */
  return date ? g_date_time_format (date, _("%e %B %Y")) : g_strdup ("");
}

/* "58 of 94 GB are safe" */
static char *
dup_safe (PwUpload *upload)
{
  g_autofree char *of = pw_format_size_of (pw_upload_get_safe (upload), upload->size);

  /* Translators: "3.2 of 10 GB". */
  return g_strdup_printf (_("%s are safe"), of);
}

static char *
dup_held (PwUpload   *upload,
          const char *why)
{
  g_autofree char *safe = NULL;

  if (pw_upload_get_safe (upload) == 0)
    return g_strdup (why);
  safe = dup_safe (upload);
  /* Translators: why nothing is sent, then how much of the file is safe. */
  return g_strdup_printf (_("%s — %s"), why, safe);
}

static char *
dup_sending (PwUpload *upload)
{
  g_autofree char *sentence = NULL, *speed = NULL;

  if (!upload->progress)
    return g_strdup (_("Sending…"));
  sentence = pw_progress_dup_sentence (upload->progress);
  if (pw_progress_get_speed (upload->progress) == 0)
    return g_steal_pointer (&sentence);
  speed = pw_format_speed (pw_progress_get_speed (upload->progress));
  /* Translators: "3.2 of 10 GB — 2 minutes left", then the speed. */
  return g_strdup_printf (_("%s, %s"), sentence, speed);
}

static char *
dup_done (PwUpload *upload,
          gint64    now)
{
  g_autofree char *size = pw_format_size (upload->size);
  g_autofree char *ago = pw_words_dup_ago (upload->finished, now);

  if (!upload->verification)
    return g_strdup_printf ("%s, %s", size, ago);
  /* Translators: size, time ("2 minutes ago"), and by what the object was proved to be the file. */
  return g_strdup_printf (_("%s, %s — verified: %s"), size, ago, upload->verification);
}

/* Before and after its parts nothing moves, and what it waits for says more. */
static char *
dup_step (PwUpload   *upload,
          const char *step)
{
  return g_strdup (upload->error ? upload->error->message : step);
}

static char *
dup_words (PwUpload *upload,
           gint64    now)
{
  switch (upload->state) {
  case PW_UPLOAD_WAITING:
    return dup_held (upload, _("Waiting"));
  case PW_UPLOAD_PREPARING:
    return dup_step (upload, upload->was_begun ? _("Comparing with what is safe…")
                                               : _("Preparing…"));
  case PW_UPLOAD_SENDING:
    return dup_sending (upload);
  case PW_UPLOAD_FINISHING:
    return dup_step (upload, _("All parts are safe — the server puts them together…"));
  case PW_UPLOAD_PAUSED:
    return dup_held (upload, upload->error ? upload->error->message : _("Paused"));
  case PW_UPLOAD_FAILED:
    if (upload->is_asked)
      return g_strdup (_("Waiting for an answer"));
    return g_strdup (upload->error ? upload->error->message : _("Failed"));
  case PW_UPLOAD_DONE:
    return dup_done (upload, now);
  case PW_UPLOAD_SKIPPED:
    return g_strdup (_("Skipped: the object was there already"));
  case PW_UPLOAD_ABORTING:
    return g_strdup (_("Removing…"));
  case PW_UPLOAD_REMOVED:
  case PW_N_UPLOAD_STATES:
  default:
    return g_strdup ("");
  }
}

static GtkTextDirection
get_direction_of (gunichar c)
{
  if (c == 0x200e)
    return GTK_TEXT_DIR_LTR;
  if (c == 0x200f)
    return GTK_TEXT_DIR_RTL;
  if (!g_unichar_isalpha (c))
    return GTK_TEXT_DIR_NONE;
  switch (g_unichar_get_script (c)) {
  case G_UNICODE_SCRIPT_ARABIC:
  case G_UNICODE_SCRIPT_HEBREW:
  case G_UNICODE_SCRIPT_SYRIAC:
  case G_UNICODE_SCRIPT_THAANA:
  case G_UNICODE_SCRIPT_NKO:
  case G_UNICODE_SCRIPT_MANDAIC:
  case G_UNICODE_SCRIPT_ADLAM:
  case G_UNICODE_SCRIPT_HANIFI_ROHINGYA:
    return GTK_TEXT_DIR_RTL;
  default:
    return GTK_TEXT_DIR_LTR;
  }
}

/* That of its first letter; NONE without one. */
static GtkTextDirection
get_direction (const char *words)
{
  GtkTextDirection direction = GTK_TEXT_DIR_NONE;

  for (const char *at = words; *at && direction == GTK_TEXT_DIR_NONE; at = g_utf8_next_char (at))
    direction = get_direction_of (g_utf8_get_char (at));
  return direction;
}

/* A name at its beginning that is written the other way would turn the whole of it. */
char *
pw_words_dup_sentence (PwUpload *upload,
                       gint64    now)
{
  GtkTextDirection usual = gtk_widget_get_default_direction ();
  g_autofree char *words = dup_words (upload, now);
  GtkTextDirection first = get_direction (words);

  if (first == GTK_TEXT_DIR_NONE || first == usual)
    return g_steal_pointer (&words);
  return g_strconcat (usual == GTK_TEXT_DIR_RTL ? RLM : LRM, words, NULL);
}

static void
offer (GMenu      *menu,
       const char *label,
       const char *action,
       PwUpload   *upload)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", upload->id);
  g_menu_append_item (menu, item);
}

/* What stopped for its destination: trying again is not all that may help. */
static void
offer_mending (GMenu    *menu,
               PwUpload *upload)
{
  if ((upload->state != PW_UPLOAD_PAUSED && upload->state != PW_UPLOAD_FAILED)
      || !pw_mend_may_help (upload->error))
    return;
  if (pw_error_is_authorisation (upload->error))
    offer (menu, _("Enter _Keys…"), "win.enter-keys", upload);
  offer (menu, _("_Edit Destination"), "win.mend-destination", upload);
}

static GMenu *
new_menu (PwUpload *upload,
          gboolean  is_on_page)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new (), second = g_menu_new (), last = g_menu_new ();

  if (!is_on_page)
    offer (first, _("_Details"), "win.show-upload", upload);
  if (upload->state == PW_UPLOAD_PAUSED || upload->state == PW_UPLOAD_FAILED)
    offer (first, _("_Try Again"), "win.retry-upload", upload);
  offer_mending (first, upload);
  if (upload->state == PW_UPLOAD_WAITING)
    offer (first, _("_Upload Next"), "win.upload-next", upload);
  /* A backend keeps the place and the keys to itself. */
  if (upload->state == PW_UPLOAD_DONE && upload->destination->kind == PW_DESTINATION_S3) {
    offer (second, _("_Copy Address"), "win.copy-address", upload);
    offer (second, _("Copy _Link…"), "win.copy-link", upload);
  }
  offer (second, _("Show in _Files"), "win.show-in-files", upload);
  offer (last, _("_Remove"), is_on_page ? "page.remove-upload" : "win.remove-upload", upload);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (second));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (last));
  return menu;
}

GMenu *
pw_words_new_menu (PwUpload *upload)
{
  return new_menu (upload, FALSE);
}

GMenu *
pw_words_new_page_menu (PwUpload *upload)
{
  return new_menu (upload, TRUE);
}
