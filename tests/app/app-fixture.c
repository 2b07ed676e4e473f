/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <adwaita.h>

#include "engine/pw-authority-keys.h"
#include "engine/pw-error.h"

PwDestination *
app_fixture_new_destination (void)
{
  return pw_destination_new_from_uri ("s3://bucket", "http://127.0.0.1:1", NULL, NULL);
}

PwUpload *
app_fixture_new_upload (const char *name)
{
  static guint n_made;
  g_autoptr (PwDestination) destination = app_fixture_new_destination ();
  g_autofree char *id = g_strdup_printf ("%016x", ++n_made);
  g_autofree char *path = g_build_filename ("/home/ada", name, NULL);
  PwUpload *upload = pw_upload_new (id, path, name, 1000000, destination);

  upload->order_in_list = n_made;
  return upload;
}

PwUpload *
app_fixture_new_upload_in (const char   *name,
                           PwUploadState state,
                           int           code)
{
  PwUpload *upload = app_fixture_new_upload (name);
  g_autoptr (GError) error = NULL;

  if (code != PW_ERROR_CANCELLED)
    error = g_error_new_literal (PW_ERROR, code, pw_error_get_title (code));
  pw_upload_restore (upload, state, error, NULL, NULL);
  return upload;
}

PwUpload *
app_fixture_new_upload_of (const char *name,
                           guint       n_parts)
{
  PwUpload *upload = app_fixture_new_upload (name);
  g_autoptr (PwCredentials) credentials = pw_credentials_new (upload->destination);
  g_autoptr (PwAuthority) authority = pw_authority_keys_new (upload->destination, credentials,
                                                             NULL);
  S3Plan plan = { .part_size = 5 << 20, .n_parts = n_parts };

  plan.size = upload->size = plan.part_size * (n_parts - 1) + 1000;
  pw_upload_restore (upload, PW_UPLOAD_SENDING, NULL, NULL, NULL);
  pw_upload_set_order (upload, authority, "/nowhere");
  pw_order_set_plan (upload->order, &plan);
  upload->order->upload_id = g_strdup ("id at the store");
  pw_schedule_begin (&upload->schedule, upload->order);
  return upload;
}

PwJob *
app_fixture_send (PwUpload *upload,
                  guint     part_number,
                  guint     connection,
                  guint64   sent)
{
  PwJob *job = pw_job_new (PW_JOB_PART, upload->order, part_number);

  job->attempt = 1;
  job->connection = (gint) connection;
  job->transfer.n_sent = sent;
  g_ptr_array_add (upload->out, job);
  return job;
}

void
app_fixture_end (PwUpload *upload,
                 PwJob    *job)
{
  g_ptr_array_remove (upload->out, job);
  pw_job_free (job);
}

void
app_fixture_init (int    *argc,
                  char ***argv)
{
  g_test_init (argc, argv, NULL);
  gtk_init ();
  adw_init ();
}

static void
drawn_cb (GdkFrameClock *clock,
          gboolean      *is_drawn)
{
  *is_drawn = TRUE;
}

GtkWindow *
app_fixture_show (GtkWidget *child)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  GdkFrameClock *clock;
  gboolean is_drawn = FALSE;
  gulong id;

  gtk_window_set_default_size (window, 600, 400);
  gtk_window_set_child (window, child);
  gtk_window_present (window);
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  id = g_signal_connect (clock, "after-paint", G_CALLBACK (drawn_cb), &is_drawn);
  app_fixture_wait (is_drawn && gtk_widget_get_width (child) > 0);
  g_signal_handler_disconnect (clock, id);
  return window;
}

static gboolean
has_text (GtkWidget  *widget,
          const char *text)
{
  if (!text || g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0)
    return TRUE;
  if (GTK_IS_LABEL (widget))
    return g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text) == 0;
  return GTK_IS_BUTTON (widget)
         && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), text) == 0;
}

GtkWidget *
app_fixture_find (GtkWidget  *root,
                  GType       type,
                  const char *text)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && has_text (root, text))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = app_fixture_find (child, type, text);

    if (found)
      return found;
  }
  return NULL;
}
