/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-holds.h"

#include "app-fixture.h"
#include "config.h"
#include "engine/pw-error.h"
#include "engine/pw-uploads-open.h"

#include <glib/gstdio.h>

/* A network that the test decides on. */

#define FAKE_TYPE_MONITOR (fake_monitor_get_type ())
G_DECLARE_FINAL_TYPE (FakeMonitor, fake_monitor, FAKE, MONITOR, GObject)

struct _FakeMonitor {
  GObject parent_instance;
  gboolean is_available;
  gboolean is_metered;
};

enum { AVAILABLE = 1, METERED, CONNECTIVITY };

static gboolean
initable_init (GInitable    *initable,
               GCancellable *cancellable,
               GError      **error)
{
  return TRUE;
}

static void
initable_iface_init (GInitableIface *iface)
{
  iface->init = initable_init;
}

static void
monitor_iface_init (GNetworkMonitorInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeMonitor, fake_monitor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_iface_init)
                               G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, monitor_iface_init))

static void
fake_monitor_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *spec)
{
  FakeMonitor *self = FAKE_MONITOR (object);

  if (id == AVAILABLE)
    g_value_set_boolean (value, self->is_available);
  else if (id == METERED)
    g_value_set_boolean (value, self->is_metered);
  else
    g_value_set_enum (value, G_NETWORK_CONNECTIVITY_FULL);
}

static void
fake_monitor_class_init (FakeMonitorClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = fake_monitor_get_property;
  g_object_class_override_property (G_OBJECT_CLASS (klass), AVAILABLE, "network-available");
  g_object_class_override_property (G_OBJECT_CLASS (klass), METERED, "network-metered");
  g_object_class_override_property (G_OBJECT_CLASS (klass), CONNECTIVITY, "connectivity");
}

static void
fake_monitor_init (FakeMonitor *self)
{
}

/* As the desktop's does: more often than there is anything new. */
static void
set_network (FakeMonitor *monitor,
             gboolean     is_available,
             gboolean     is_metered)
{
  monitor->is_available = is_available;
  monitor->is_metered = is_metered;
  g_object_notify (G_OBJECT (monitor), "network-available");
  g_object_notify (G_OBJECT (monitor), "network-metered");
  g_signal_emit_by_name (monitor, "network-changed", is_available);
  g_signal_emit_by_name (monitor, "network-changed", is_available);
}

/* Uploads to a place that is far, and to one that is near; neither answers. */
typedef struct {
  char *folder;
  FakeMonitor *monitor;
  GSettings *settings;
  PwUploads *uploads;
  PwHolds *holds;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("partway-XXXXXX", NULL);
  fixture->monitor = g_object_new (FAKE_TYPE_MONITOR, NULL);
  fixture->monitor->is_available = TRUE;
  fixture->settings = g_settings_new (PW_APP_ID);
  g_settings_reset (fixture->settings, "wait-on-metered");
  fixture->uploads = pw_uploads_new (fixture->folder);
  g_assert_true (pw_uploads_open (fixture->uploads, NULL));
  fixture->holds = pw_holds_new (fixture->uploads, fixture->settings,
                                 G_NETWORK_MONITOR (fixture->monitor));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  pw_holds_free (fixture->holds);
  g_object_unref (fixture->uploads);
  g_object_unref (fixture->settings);
  g_object_unref (fixture->monitor);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static PwUpload *
add (Fixture    *fixture,
     const char *name,
     const char *endpoint)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (PwDestination) to = pw_destination_new_from_uri ("s3://bucket", endpoint, NULL, NULL);
  GListModel *model = G_LIST_MODEL (fixture->uploads);
  guint n = g_list_model_get_n_items (model);
  g_autoptr (PwUpload) upload = NULL;

  to->secrets = PW_SECRETS_ENVIRONMENT;
  g_assert_true (g_file_set_contents (path, "text", 4, NULL));
  pw_uploads_add (fixture->uploads, path, to, FALSE);
  app_fixture_wait (g_list_model_get_n_items (model) == n + 1);
  upload = g_list_model_get_item (model, n);
  return upload;
}

static PwUpload *
add_far (Fixture    *fixture,
         const char *name)
{
  return add (fixture, name, "https://s3.example.invalid");
}

static gboolean
waits_for (PwUpload *upload,
           PwError   code)
{
  return upload->state == PW_UPLOAD_PAUSED && g_error_matches (upload->error, PW_ERROR, (int) code);
}

static gboolean
goes (PwUpload *upload)
{
  return upload->state <= PW_UPLOAD_FINISHING;
}

static void
test_offline (Fixture      *fixture,
              gconstpointer data)
{
  PwUpload *far = add_far (fixture, "far"), *near = add (fixture, "near", "http://127.0.0.1:1");
  gint64 back_us;

  set_network (fixture->monitor, FALSE, FALSE);
  app_fixture_wait (waits_for (far, PW_ERROR_OFFLINE));
  g_assert_false (waits_for (near, PW_ERROR_OFFLINE));
  g_assert_true (pw_holds_is_resting (fixture->holds));

  set_network (fixture->monitor, TRUE, FALSE);
  back_us = g_get_monotonic_time ();
  app_fixture_wait (goes (far));
  g_assert_cmpint (g_get_monotonic_time () - back_us, <, 5 * G_TIME_SPAN_SECOND);
}

/* What is added without a network waits too, and what the user pauses stays so. */
static void
test_added_offline (Fixture      *fixture,
                    gconstpointer data)
{
  PwUpload *first = add_far (fixture, "first"), *second, *paused = add_far (fixture, "paused");

  set_network (fixture->monitor, FALSE, FALSE);
  app_fixture_wait (waits_for (first, PW_ERROR_OFFLINE)
                    && waits_for (paused, PW_ERROR_OFFLINE));
  second = add_far (fixture, "second");
  app_fixture_wait (waits_for (second, PW_ERROR_OFFLINE));
  pw_upload_pause (paused);

  set_network (fixture->monitor, TRUE, FALSE);
  app_fixture_wait (goes (first) && goes (second));
  g_assert_cmpint (paused->state, ==, PW_UPLOAD_PAUSED);
  g_assert_no_error (paused->error);
}

static void
test_metered (Fixture      *fixture,
              gconstpointer data)
{
  PwUpload *first = add_far (fixture, "first"), *second = add_far (fixture, "second"), *third;

  set_network (fixture->monitor, TRUE, TRUE);
  app_fixture_wait (waits_for (first, PW_ERROR_METERED) && waits_for (second, PW_ERROR_METERED));
  /* The user lets one go on; it is not stopped again, not even by the news of another. */
  pw_upload_resume (first);
  third = add_far (fixture, "third");
  app_fixture_wait (waits_for (third, PW_ERROR_METERED));
  g_assert_false (waits_for (first, PW_ERROR_METERED));
  g_assert_true (waits_for (second, PW_ERROR_METERED));

  g_settings_set_boolean (fixture->settings, "wait-on-metered", FALSE);
  g_assert_true (goes (second) && goes (third));
  g_settings_set_boolean (fixture->settings, "wait-on-metered", TRUE);
  app_fixture_wait (waits_for (second, PW_ERROR_METERED));
}

static const struct {
  const char *endpoint;
  gboolean is_near;
} places[] = {
  { "http://127.0.0.1:9000", TRUE },
  { "http://localhost", TRUE },
  { "https://[::1]:8443", TRUE },
  { "http://192.168.1.20:9000", TRUE },
  { "http://10.0.0.7", TRUE },
  { "https://[fe80::1]", TRUE },
  { "https://93.184.216.34", FALSE },
  { "https://s3.example.com", FALSE },
  { NULL, FALSE },
};

static void
test_near (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (PwDestination) destination = pw_destination_new ("x");

    destination->endpoint = g_strdup (places[i].endpoint);
    g_assert_cmpint (pw_network_is_near (destination), ==, places[i].is_near);
  }
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("AWS_ACCESS_KEY_ID", "testkey", TRUE);
  g_setenv ("AWS_SECRET_ACCESS_KEY", "testsecret", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/holds/near", test_near);
  g_test_add ("/holds/offline", Fixture, NULL, set_up, test_offline, tear_down);
  g_test_add ("/holds/added-offline", Fixture, NULL, set_up, test_added_offline, tear_down);
  g_test_add ("/holds/metered", Fixture, NULL, set_up, test_metered, tear_down);
  return g_test_run ();
}
