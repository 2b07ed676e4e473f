/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-profiles-page.h"

#include <glib/gi18n.h>

#include "aws/aws-config.h"
#include "s3/s3-endpoint.h"

struct _PwProfilesPage {
  GtkBox parent_instance;

  GtkStack *stack;
  AdwStatusPage *empty;
  AdwPreferencesGroup *list;
};

/* What a row says of a profile. */
typedef struct {
  char *name;
  char *place;
} Profile;

G_DEFINE_FINAL_TYPE (PwProfilesPage, pw_profiles_page, GTK_TYPE_BOX)

static void
profile_free (gpointer data)
{
  Profile *profile = data;

  g_free (profile->name);
  g_free (profile->place);
  g_free (profile);
}

/* In a thread. */

static char *
dup_place (char      **envp,
           const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AwsConfig) config = aws_config_load (envp, name, &error);

  if (!config)
    return g_strdup (error->message);
  if (config->endpoint)
    return g_strdup (config->endpoint);
  return g_strdup (config->region ? config->region : "");
}

static void
list_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  g_auto (GStrv) envp = g_get_environ ();
  GError *error = NULL;
  g_auto (GStrv) names = aws_config_dup_profiles (envp, &error);
  GPtrArray *profiles;

  if (!names) {
    g_task_return_error (task, error);
    return;
  }
  profiles = g_ptr_array_new_with_free_func (profile_free);
  for (char **name = names; *name; name++) {
    Profile *profile = g_new0 (Profile, 1);

    profile->name = g_strdup (*name);
    profile->place = dup_place (envp, *name);
    g_ptr_array_add (profiles, profile);
  }
  g_task_return_pointer (task, profiles, (GDestroyNotify) g_ptr_array_unref);
}

static void
take (char      **place,
      const char *text)
{
  g_free (*place);
  *place = g_strdup (text);
}

static void
load_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  g_auto (GStrv) envp = g_get_environ ();
  GError *error = NULL;
  g_autoptr (AwsConfig) config = aws_config_load (envp, data, &error);
  g_auto (S3Endpoint) parsed = { 0 };
  PwDestination *destination;

  if (!config) {
    g_task_return_error (task, error);
    return;
  }
  destination = pw_destination_new (NULL);
  destination->secrets = PW_SECRETS_PROFILE;
  destination->store = S3_STORE_AWS;
  destination->style = config->style;
  take (&destination->profile, data);
  take (&destination->endpoint, config->endpoint);
  take (&destination->region, config->region);
  take (&destination->ca_file, config->ca_file);
  if (config->endpoint)
    destination->store = s3_endpoint_parse (&parsed, config->endpoint)
                         ? s3_limits_for_host (parsed.host)->kind : S3_STORE_GENERIC;
  g_task_return_pointer (task, destination, g_object_unref);
}

void
pw_profiles_load_async (const char          *profile,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (profile), g_free);
  g_task_run_in_thread (task, load_thread);
}

PwDestination *
pw_profiles_load_finish (GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The page. */

static GtkWidget *
new_row (Profile *profile)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), profile->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), profile->place);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", profile->name);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.add-from-profile");
  return row;
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  PwProfilesPage *self = PW_PROFILES_PAGE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) profiles = g_task_propagate_pointer (G_TASK (result), &error);

  for (guint i = 0; profiles && i < profiles->len; i++)
    adw_preferences_group_add (self->list, new_row (g_ptr_array_index (profiles, i)));
  if (profiles && profiles->len > 0) {
    gtk_stack_set_visible_child_name (self->stack, "list");
    return;
  }
  adw_status_page_set_description (self->empty,
                                   error ? error->message
                                   : _("The command “aws configure” makes one."));
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
pw_profiles_page_class_init (PwProfilesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-profiles-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PwProfilesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PwProfilesPage, empty);
  gtk_widget_class_bind_template_child (widget_class, PwProfilesPage, list);
}

static void
pw_profiles_page_init (PwProfilesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
pw_profiles_page_new (void)
{
  PwProfilesPage *self = g_object_new (PW_TYPE_PROFILES_PAGE, NULL);
  g_autoptr (GTask) task = g_task_new (self, NULL, listed_cb, NULL);

  g_task_run_in_thread (task, list_thread);
  return GTK_WIDGET (self);
}
