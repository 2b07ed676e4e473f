/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-preferences.h"

#include <glib/gi18n.h>
#include <math.h>

#define KB ((guint64) 1000)
#define MB (1000 * KB)

struct _PwPreferences {
  AdwPreferencesPage parent_instance;

  GtkSpinButton *connections;
  GtkSpinButton *limit;
  GtkDropDown *limit_unit;
  GtkSpinButton *part_size;
  GtkSwitch *wait_on_metered;
  GtkSwitch *keep_awake;
  AdwComboRow *close;
  GtkSwitch *notifications;

  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (PwPreferences, pw_preferences, ADW_TYPE_PREFERENCES_PAGE)

/* In the order of the row's choices. */
static const char *const closes[] = { "ask", "background", "quit" };

/* Numbers whose zero is a word. */

gboolean
pw_preferences_read_number (const char *text,
                            const char *zero,
                            double     *number)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  char *end = NULL;
  double value;

  if (!*stripped || g_utf8_collate (stripped, zero) == 0) {
    *number = 0;
    return TRUE;
  }
  value = g_strtod (stripped, &end);
  if (end == stripped || !isfinite (value) || value < 0)
    return FALSE;
  *number = value;
  return TRUE;
}

static int
read_spin (GtkSpinButton *spin,
           double        *number,
           const char    *zero)
{
  return pw_preferences_read_number (gtk_editable_get_text (GTK_EDITABLE (spin)), zero, number)
         ? TRUE : GTK_INPUT_ERROR;
}

static void
show_text (GtkSpinButton *spin,
           const char    *text)
{
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (spin)), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
}

static int
automatic_input_cb (GtkSpinButton *spin,
                    double        *number,
                    gpointer       data)
{
  return read_spin (spin, number, _("Automatic"));
}

static int
limit_input_cb (GtkSpinButton *spin,
                double        *number,
                gpointer       data)
{
  return read_spin (spin, number, _("No Limit"));
}

static gboolean
connections_output_cb (GtkSpinButton *spin,
                       gpointer       data)
{
  int n = gtk_spin_button_get_value_as_int (spin);
  g_autofree char *text = n > 0 ? g_strdup_printf ("%d", n) : g_strdup (_("Automatic"));

  show_text (spin, text);
  return TRUE;
}

static gboolean
part_size_output_cb (GtkSpinButton *spin,
                     gpointer       data)
{
  int n = gtk_spin_button_get_value_as_int (spin);
  /* Translators: a size in mebibytes, with a no-break space. */
  g_autofree char *text = n > 0 ? g_strdup_printf (_("%d MiB"), n) : g_strdup (_("Automatic"));

  show_text (spin, text);
  return TRUE;
}

static gboolean
limit_output_cb (GtkSpinButton *spin,
                 gpointer       data)
{
  double value = gtk_spin_button_get_value (spin);
  g_autofree char *text = NULL;

  if (value <= 0)
    text = g_strdup (_("No Limit"));
  else
    text = g_strdup_printf (value < round (value) || value > round (value) ? "%.1f" : "%.0f",
                            value);
  show_text (spin, text);
  return TRUE;
}

/* The limit: a number, and what it counts. */

static guint64
get_unit (PwPreferences *self)
{
  return gtk_drop_down_get_selected (self->limit_unit) == 0 ? KB : MB;
}

static void
store_limit (PwPreferences *self)
{
  double bytes = round (gtk_spin_button_get_value (self->limit) * (double) get_unit (self));

  if ((guint64) bytes != g_settings_get_uint64 (self->settings, "limit"))
    g_settings_set_uint64 (self->settings, "limit", (guint64) bytes);
}

static void
show_limit (PwPreferences *self)
{
  guint64 limit = g_settings_get_uint64 (self->settings, "limit");
  double shown = gtk_spin_button_get_value (self->limit) * (double) get_unit (self);

  gtk_widget_set_sensitive (GTK_WIDGET (self->limit_unit), limit > 0);
  if ((guint64) round (shown) == limit)
    return;
  g_signal_handlers_block_by_func (self->limit, store_limit, self);
  g_signal_handlers_block_by_func (self->limit_unit, store_limit, self);
  if (limit > 0)
    gtk_drop_down_set_selected (self->limit_unit, limit < MB ? 0 : 1);
  gtk_spin_button_set_value (self->limit, (double) limit / (double) get_unit (self));
  g_signal_handlers_unblock_by_func (self->limit_unit, store_limit, self);
  g_signal_handlers_unblock_by_func (self->limit, store_limit, self);
}

static void
follow_limit (PwPreferences *self)
{
  g_signal_connect_swapped (self->limit, "value-changed", G_CALLBACK (store_limit), self);
  g_signal_connect_swapped (self->limit_unit, "notify::selected", G_CALLBACK (store_limit), self);
  g_signal_connect_object (self->settings, "changed::limit", G_CALLBACK (show_limit), self,
                           G_CONNECT_SWAPPED);
  show_limit (self);
}

/* Settings and rows. */

static gboolean
close_to_row (GValue   *value,
              GVariant *variant,
              gpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (closes); i++) {
    if (g_str_equal (g_variant_get_string (variant, NULL), closes[i]))
      g_value_set_uint (value, i);
  }
  return TRUE;
}

static GVariant *
close_from_row (const GValue       *value,
                const GVariantType *type,
                gpointer            data)
{
  guint i = g_value_get_uint (value);

  return i < G_N_ELEMENTS (closes) ? g_variant_new_string (closes[i]) : NULL;
}

static gboolean
number_to_spin (GValue   *value,
                GVariant *variant,
                gpointer  data)
{
  g_value_set_double (value, g_variant_get_uint32 (variant));
  return TRUE;
}

static GVariant *
number_from_spin (const GValue       *value,
                  const GVariantType *type,
                  gpointer            data)
{
  return g_variant_new_uint32 ((guint32) g_value_get_double (value));
}

static void
bind_settings (PwPreferences *self)
{
  GSettings *settings = self->settings;
  GtkAdjustment *connections = gtk_spin_button_get_adjustment (self->connections);
  GtkAdjustment *part_size = gtk_spin_button_get_adjustment (self->part_size);

  g_settings_bind_with_mapping (settings, "connections", connections, "value",
                                G_SETTINGS_BIND_DEFAULT, number_to_spin, number_from_spin, NULL,
                                NULL);
  g_settings_bind_with_mapping (settings, "part-size", part_size, "value",
                                G_SETTINGS_BIND_DEFAULT, number_to_spin, number_from_spin, NULL,
                                NULL);
  g_settings_bind_with_mapping (settings, "close", self->close, "selected",
                                G_SETTINGS_BIND_DEFAULT, close_to_row, close_from_row, NULL, NULL);
  g_settings_bind (settings, "wait-on-metered", self->wait_on_metered, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "keep-awake", self->keep_awake, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "notifications", self->notifications, "active",
                   G_SETTINGS_BIND_DEFAULT);
  follow_limit (self);
}

/* The object. */

static void
pw_preferences_dispose (GObject *object)
{
  g_clear_object (&PW_PREFERENCES (object)->settings);
  G_OBJECT_CLASS (pw_preferences_parent_class)->dispose (object);
}

#define BIND(child) \
  gtk_widget_class_bind_template_child (widget_class, PwPreferences, child)

static void
pw_preferences_class_init (PwPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pw_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-preferences.ui");
  BIND (connections);
  BIND (limit);
  BIND (limit_unit);
  BIND (part_size);
  BIND (wait_on_metered);
  BIND (keep_awake);
  BIND (close);
  BIND (notifications);
  gtk_widget_class_bind_template_callback (widget_class, automatic_input_cb);
  gtk_widget_class_bind_template_callback (widget_class, limit_input_cb);
  gtk_widget_class_bind_template_callback (widget_class, connections_output_cb);
  gtk_widget_class_bind_template_callback (widget_class, part_size_output_cb);
  gtk_widget_class_bind_template_callback (widget_class, limit_output_cb);
}

/* Room for the word that stands for zero, in every language, and for @least digits. Of a word one
 * less is counted: its letters are narrower. */
static void
give_room (GtkSpinButton *spin,
           const char    *zero,
           int            least)
{
  int n_chars = (int) g_utf8_strlen (zero, -1) - 1;

  gtk_editable_set_width_chars (GTK_EDITABLE (spin), MAX (least, n_chars));
}

static void
pw_preferences_init (PwPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  give_room (self->connections, _("Automatic"), 2);
  give_room (self->part_size, _("Automatic"), 8);
  give_room (self->limit, _("No Limit"), 6);
}

GtkWidget *
pw_preferences_new (GSettings *settings)
{
  PwPreferences *self = g_object_new (PW_TYPE_PREFERENCES, NULL);

  self->settings = g_object_ref (settings);
  bind_settings (self);
  return GTK_WIDGET (self);
}
