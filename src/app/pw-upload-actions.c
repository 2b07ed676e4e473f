/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-upload-actions.h"

#include <glib/gi18n.h>

#include "app/pw-dialogs.h"
#include "app/pw-undo.h"
#include "app/pw-words.h"

struct _PwUploadActions {
  PwUploads *uploads;
  PwListPage *page;
  AdwToastOverlay *overlay;
  PwUndo *undo;                 /* of Removal */
  char *choosing_for;           /* id of the upload that a file is chosen for */
};

/* Uploads on their way out. */
typedef struct {
  GPtrArray *uploads;           /* PwUpload */
  GPtrArray *stopped;           /* those of them that were under way, or waited to go on */
} Removal;

/* Removing. */

static void
removal_end (gpointer what,
             gboolean is_undone,
             gpointer data)
{
  PwUploadActions *self = data;
  const Removal *removal = what;
  PwSections *sections = pw_list_page_get_sections (self->page);

  for (guint i = 0; i < removal->uploads->len; i++) {
    PwUpload *upload = g_ptr_array_index (removal->uploads, i);

    if (is_undone)
      pw_sections_set_hidden (sections, upload, FALSE);
    else
      pw_upload_remove (upload);
  }
  for (guint i = 0; is_undone && i < removal->stopped->len; i++)
    pw_upload_resume (g_ptr_array_index (removal->stopped, i));
}

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_ptr_array_unref (removal->uploads);
  g_ptr_array_unref (removal->stopped);
  g_free (removal);
}

static char *
dup_removed (GPtrArray *uploads)
{
  PwUpload *first = g_ptr_array_index (uploads, 0);

  if (uploads->len == 1)
    return g_strdup_printf (_("“%s” removed"), first->name);
  return g_strdup_printf (ngettext ("%u upload removed", "%u uploads removed", uploads->len),
                          uploads->len);
}

void
pw_upload_actions_remove (PwUploadActions *self,
                          GPtrArray       *uploads)
{
  PwSections *sections = pw_list_page_get_sections (self->page);
  Removal *removal;
  g_autofree char *sentence = NULL;

  if (uploads->len == 0)
    return;
  sentence = dup_removed (uploads);
  removal = g_new0 (Removal, 1);
  removal->uploads = g_ptr_array_ref (uploads);
  removal->stopped = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < uploads->len; i++) {
    PwUpload *upload = g_ptr_array_index (uploads, i);

    if (pw_words_get_toggle (upload) == PW_TOGGLE_PAUSE) {
      pw_upload_pause (upload);
      g_ptr_array_add (removal->stopped, g_object_ref (upload));
    }
    pw_sections_set_hidden (sections, upload, TRUE);
  }
  pw_undo_offer (self->undo, sentence, removal);
}

static GPtrArray *
collect (PwUploadActions *self,
         gboolean       (*is_meant) (PwUpload *upload))
{
  GListModel *model = G_LIST_MODEL (self->uploads);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwUpload) upload = g_list_model_get_item (model, i);

    if (is_meant (upload))
      g_ptr_array_add (found, g_object_ref (upload));
  }
  return found;
}

static void
clear_cb (GSimpleAction *action,
          GVariant      *target,
          gpointer       data)
{
  PwUploadActions *self = data;
  g_autoptr (GPtrArray) over = collect (self, pw_upload_is_over);

  pw_upload_actions_remove (self, over);
}

/* One upload. */

static PwUpload *
find (PwUploadActions *self,
      GVariant        *target)
{
  return pw_uploads_lookup (self->uploads, g_variant_get_string (target, NULL));
}

void
pw_upload_actions_toggle (PwUpload *upload)
{
  if (pw_words_get_toggle (upload) == PW_TOGGLE_PAUSE)
    pw_upload_pause (upload);
  else
    pw_upload_resume (upload);
}

static void
toggle_cb (GSimpleAction *action,
           GVariant      *target,
           gpointer       data)
{
  PwUpload *upload = find (data, target);

  if (upload)
    pw_upload_actions_toggle (upload);
}

static void
retry_cb (GSimpleAction *action,
          GVariant      *target,
          gpointer       data)
{
  PwUpload *upload = find (data, target);

  if (upload)
    pw_upload_resume (upload);
}

static void
follow_cb (GSimpleAction *action,
           GVariant      *target,
           gpointer       data)
{
  PwUpload *upload = find (data, target);

  if (!upload)
    return;
  pw_upload_set_follow (upload, TRUE);
  pw_upload_resume (upload);
}

static void
remove_cb (GSimpleAction *action,
           GVariant      *target,
           gpointer       data)
{
  PwUpload *upload = find (data, target);
  g_autoptr (GPtrArray) uploads = g_ptr_array_new_with_free_func (g_object_unref);

  if (!upload)
    return;
  g_ptr_array_add (uploads, g_object_ref (upload));
  pw_upload_actions_remove (data, uploads);
}

/* Before all that wait; what is under way goes on. */
static void
next_cb (GSimpleAction *action,
         GVariant      *target,
         gpointer       data)
{
  PwUploadActions *self = data;
  GListModel *model = G_LIST_MODEL (self->uploads);
  PwUpload *upload = find (self, target);

  for (guint i = 0; upload && i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwUpload) other = g_list_model_get_item (model, i);

    if (other->state == PW_UPLOAD_WAITING) {
      pw_uploads_move (self->uploads, upload, i);
      return;
    }
  }
}

static void
show_in_files_cb (GSimpleAction *action,
                  GVariant      *target,
                  gpointer       data)
{
  PwUpload *upload = find (data, target);
  g_autoptr (GFile) file = upload ? g_file_new_for_path (upload->path) : NULL;

  if (file)
    pw_dialogs_show_in_files (file);
}

/* The file is somewhere else now. */

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  PwUploadActions *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = pw_dialogs_choose_finish (result, &error);
  g_autoptr (GFile) file = files ? g_list_model_get_item (files, 0) : NULL;
  g_autofree char *id = NULL;
  PwUpload *upload;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  id = g_steal_pointer (&self->choosing_for);
  upload = pw_uploads_lookup (self->uploads, id);
  if (error)
    pw_dialogs_tell_unchosen (GTK_WIDGET (self->overlay), error);
  if (!upload || !file
      || (upload->state != PW_UPLOAD_PAUSED && upload->state != PW_UPLOAD_FAILED))
    return;
  pw_upload_set_path (upload, g_file_peek_path (file));
  pw_upload_resume (upload);
}

static void
choose_again_cb (GSimpleAction *action,
                 GVariant      *target,
                 gpointer       data)
{
  PwUploadActions *self = data;

  if (!find (self, target) || self->choosing_for)
    return;
  self->choosing_for = g_variant_dup_string (target, NULL);
  pw_dialogs_choose (GTK_WIDGET (self->overlay), PW_CHOOSE_FILE, _("Choose the File Again"),
                     chosen_cb, self);
}

/* Several. */

static void
pause_all_cb (GSimpleAction *action,
              GVariant      *target,
              gpointer       data)
{
  PwUploadActions *self = data;

  pw_uploads_pause_all (self->uploads);
}

static void
resume_all_cb (GSimpleAction *action,
               GVariant      *target,
               gpointer       data)
{
  PwUploadActions *self = data;

  pw_uploads_resume_all (self->uploads);
}

static void
with_chosen (PwUploadActions *self,
             void           (*func) (PwUpload *upload))
{
  g_autoptr (GPtrArray) chosen = pw_list_page_get_chosen (self->page);

  pw_list_page_set_choosing (self->page, FALSE);
  for (guint i = 0; func && i < chosen->len; i++)
    func (g_ptr_array_index (chosen, i));
  if (!func)
    pw_upload_actions_remove (self, chosen);
}

static void
pause_chosen_cb (GSimpleAction *action,
                 GVariant      *target,
                 gpointer       data)
{
  with_chosen (data, pw_upload_pause);
}

static void
resume_chosen_cb (GSimpleAction *action,
                  GVariant      *target,
                  gpointer       data)
{
  with_chosen (data, pw_upload_resume);
}

static void
remove_chosen_cb (GSimpleAction *action,
                  GVariant      *target,
                  gpointer       data)
{
  with_chosen (data, NULL);
}

static void
choose_cb (GSimpleAction *action,
           GVariant      *target,
           gpointer       data)
{
  PwUploadActions *self = data;

  pw_list_page_set_choosing (self->page, !pw_list_page_is_choosing (self->page));
}

PwUploadActions *
pw_upload_actions_new (GActionMap      *map,
                       PwUploads       *uploads,
                       PwListPage      *page,
                       AdwToastOverlay *overlay)
{
  static const GActionEntry entries[] = {
    { "toggle-upload", toggle_cb, "s", NULL, NULL },
    { "retry-upload", retry_cb, "s", NULL, NULL },
    { "follow-upload", follow_cb, "s", NULL, NULL },
    { "remove-upload", remove_cb, "s", NULL, NULL },
    { "upload-next", next_cb, "s", NULL, NULL },
    { "show-in-files", show_in_files_cb, "s", NULL, NULL },
    { "choose-again", choose_again_cb, "s", NULL, NULL },
    { "clear-finished", clear_cb, NULL, NULL, NULL },
    { "pause-all", pause_all_cb, NULL, NULL, NULL },
    { "resume-all", resume_all_cb, NULL, NULL, NULL },
    { "choose", choose_cb, NULL, NULL, NULL },
    { "pause-chosen", pause_chosen_cb, NULL, NULL, NULL },
    { "resume-chosen", resume_chosen_cb, NULL, NULL, NULL },
    { "remove-chosen", remove_chosen_cb, NULL, NULL, NULL },
  };
  PwUploadActions *self = g_new0 (PwUploadActions, 1);

  self->uploads = uploads;
  self->page = page;
  self->overlay = overlay;
  self->undo = pw_undo_new (overlay, removal_end, removal_free, self);
  g_action_map_add_action_entries (map, entries, G_N_ELEMENTS (entries), self);
  return self;
}

void
pw_upload_actions_free (PwUploadActions *self)
{
  pw_undo_free (self->undo);
  g_free (self->choosing_for);
  g_free (self);
}
