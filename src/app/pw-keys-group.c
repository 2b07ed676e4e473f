/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-keys-group.h"

#include <glib/gi18n.h>

#include "app/pw-choices.h"

struct _PwKeysGroup {
  AdwPreferencesGroup parent_instance;

  AdwComboRow *source;
  GtkEditable *access_key, *secret_key, *session_token, *profile, *header;

  PwDestinationKind kind;
  PwSecrets stored_in;          /* has_stored: there */
  gboolean has_stored;
  gboolean only_typed;
  gboolean is_showing;          /* the rows are being filled, by nobody's hand */
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PwKeysGroup, pw_keys_group, ADW_TYPE_PREFERENCES_GROUP)

PwSecrets
pw_keys_group_get_secrets (PwKeysGroup *self)
{
  const char *id = pw_choices_get (self->source);

  for (guint i = 0; pw_secrets_ids[i]; i++) {
    if (g_str_equal (pw_secrets_ids[i], id))
      return (PwSecrets) i;
  }
  return PW_SECRETS_KEYRING;
}

static gboolean
is_typed (PwKeysGroup *self)
{
  PwSecrets secrets = pw_keys_group_get_secrets (self);

  return secrets == PW_SECRETS_KEYRING || secrets == PW_SECRETS_SESSION;
}

/* Rows that may stay empty. */
static gboolean
may_keep (PwKeysGroup *self)
{
  return self->has_stored && self->stored_in == pw_keys_group_get_secrets (self);
}

static const char *
describe (PwKeysGroup *self)
{
  if (is_typed (self) && may_keep (self))
    return self->kind == PW_DESTINATION_PRESIGN
           ? _("Left empty, the token stays as it is.")
           : _("Left empty, the keys stay as they are.");
  switch (pw_keys_group_get_secrets (self)) {
  case PW_SECRETS_SESSION:
    return _("Forgotten when Partway is closed.");
  case PW_SECRETS_ENVIRONMENT:
    return self->kind == PW_DESTINATION_PRESIGN
           ? _("If PARTWAY_PRESIGN_TOKEN is set, its value is sent.")
           : _("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the default profile of ~/.aws.");
  case PW_SECRETS_PROFILE:
    return _("Read from ~/.aws each time, and stored nowhere else.");
  case PW_SECRETS_KEYRING:
  default:
    return NULL;
  }
}

static void
show_rows (PwKeysGroup *self)
{
  gboolean is_backend = self->kind == PW_DESTINATION_PRESIGN;
  PwSecrets secrets = pw_keys_group_get_secrets (self);

  gtk_widget_set_visible (GTK_WIDGET (self->access_key), is_typed (self) && !is_backend);
  gtk_widget_set_visible (GTK_WIDGET (self->secret_key), is_typed (self));
  gtk_widget_set_visible (GTK_WIDGET (self->session_token), is_typed (self) && !is_backend);
  gtk_widget_set_visible (GTK_WIDGET (self->profile), secrets == PW_SECRETS_PROFILE);
  gtk_widget_set_visible (GTK_WIDGET (self->header), is_backend && !self->only_typed);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->secret_key),
                                 is_backend ? _("Token") : _("Secret Key"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->source),
                                 is_backend ? _("Token") : _("Keys"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), describe (self));
}

static void
fill_sources (PwKeysGroup *self,
              const char  *chosen)
{
  gboolean is_backend = self->kind == PW_DESTINATION_PRESIGN;

  pw_choices_clear (self->source);
  pw_choices_add (self->source, "keyring", _("Kept in the Keyring"));
  pw_choices_add (self->source, "session", _("For This Session Only"));
  if (!self->only_typed)
    pw_choices_add (self->source, "environment",
                    is_backend ? _("None, or From the Environment") : _("From the Environment"));
  if (!self->only_typed && !is_backend)
    pw_choices_add (self->source, "profile", _("From a Profile of ~/.aws"));
  pw_choices_set (self->source, chosen);
}

static void
changed_cb (PwKeysGroup *self)
{
  if (self->is_showing)
    return;
  show_rows (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
pw_keys_group_set_kind (PwKeysGroup       *self,
                        PwDestinationKind  kind)
{
  PwSecrets secrets = pw_keys_group_get_secrets (self);

  if (self->kind == kind)
    return;
  self->kind = kind;
  if (kind == PW_DESTINATION_PRESIGN && secrets == PW_SECRETS_PROFILE)
    secrets = PW_SECRETS_KEYRING;
  self->is_showing = TRUE;
  fill_sources (self, pw_secrets_ids[secrets]);
  self->is_showing = FALSE;
  changed_cb (self);
}

void
pw_keys_group_show (PwKeysGroup   *self,
                    PwDestination *destination,
                    gboolean       has_stored,
                    gboolean       only_typed)
{
  PwSecrets secrets = destination->secrets;

  if (only_typed && secrets != PW_SECRETS_SESSION)
    secrets = PW_SECRETS_KEYRING;
  self->kind = destination->kind;
  self->stored_in = destination->secrets;
  self->has_stored = has_stored;
  self->only_typed = only_typed;
  self->is_showing = TRUE;
  fill_sources (self, pw_secrets_ids[secrets]);
  gtk_editable_set_text (self->profile, destination->profile ? destination->profile : "default");
  gtk_editable_set_text (self->header, destination->auth_header ? destination->auth_header : "");
  show_rows (self);
  self->is_showing = FALSE;
}

static char *
dup_text (GtkEditable *row)
{
  char *text = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  if (*text)
    return text;
  g_free (text);
  return NULL;
}

void
pw_keys_group_apply (PwKeysGroup   *self,
                     PwDestination *destination)
{
  destination->secrets = pw_keys_group_get_secrets (self);
  g_free (destination->profile);
  destination->profile = destination->secrets == PW_SECRETS_PROFILE ? dup_text (self->profile)
                                                                    : NULL;
  g_free (destination->auth_header);
  destination->auth_header = self->kind == PW_DESTINATION_PRESIGN ? dup_text (self->header) : NULL;
}

S3Credentials *
pw_keys_group_dup_credentials (PwKeysGroup *self)
{
  g_autofree char *access_key = dup_text (self->access_key);
  g_autofree char *secret_key = dup_text (self->secret_key);
  g_autofree char *session_token = dup_text (self->session_token);

  if (!is_typed (self) || !secret_key)
    return NULL;
  if (self->kind == PW_DESTINATION_PRESIGN)
    return s3_credentials_new ("", secret_key, NULL);
  return access_key ? s3_credentials_new (access_key, secret_key, session_token) : NULL;
}

gboolean
pw_keys_group_is_complete (PwKeysGroup *self)
{
  gboolean has_access_key = *gtk_editable_get_text (self->access_key)
                            || self->kind == PW_DESTINATION_PRESIGN;
  gboolean has_secret_key = *gtk_editable_get_text (self->secret_key);
  gboolean has_any = has_secret_key || *gtk_editable_get_text (self->access_key)
                     || *gtk_editable_get_text (self->session_token);

  if (!is_typed (self))
    return TRUE;
  return (has_access_key && has_secret_key) || (!has_any && may_keep (self));
}

GtkWidget *
pw_keys_group_get_row (PwKeysGroup *self,
                       PwField      field)
{
  if (field == PW_FIELD_PROFILE)
    return GTK_WIDGET (self->profile);
  return field == PW_FIELD_HEADER ? GTK_WIDGET (self->header) : NULL;
}

static void
pw_keys_group_class_init (PwKeysGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CHANGED] = g_signal_new ("changed", PW_TYPE_KEYS_GROUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-keys-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PwKeysGroup, source);
  gtk_widget_class_bind_template_child (widget_class, PwKeysGroup, access_key);
  gtk_widget_class_bind_template_child (widget_class, PwKeysGroup, secret_key);
  gtk_widget_class_bind_template_child (widget_class, PwKeysGroup, session_token);
  gtk_widget_class_bind_template_child (widget_class, PwKeysGroup, profile);
  gtk_widget_class_bind_template_child (widget_class, PwKeysGroup, header);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
pw_keys_group_init (PwKeysGroup *self)
{
  self->is_showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_sources (self, "keyring");
  show_rows (self);
  self->is_showing = FALSE;
}
