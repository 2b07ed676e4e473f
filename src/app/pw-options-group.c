/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-options-group.h"

#include <glib/gi18n.h>

#include "app/pw-choices.h"
#include "app/pw-dialogs.h"
#include "s3/s3-limits.h"

struct _PwOptionsGroup {
  AdwPreferencesGroup parent_instance;

  AdwExpanderRow *expander;
  AdwComboRow *if_exists, *storage_class, *encryption, *part_size, *style;
  GtkEditable *kms_key;
  AdwActionRow *ca_row;
  GtkWidget *ca_forget;

  char *ca_file;
  PwPreset preset;
  gboolean is_showing;          /* the rows are being filled, by nobody's hand */
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PwOptionsGroup, pw_options_group, ADW_TYPE_PREFERENCES_GROUP)

typedef struct {
  const char *id;
  const char *title;
} Choice;

static const Choice classes[] = {
  { "STANDARD", N_("Standard") },
  { "STANDARD_IA", N_("Infrequent Access") },
  { "ONEZONE_IA", N_("Infrequent Access, One Zone") },
  { "INTELLIGENT_TIERING", N_("Chosen by the Store") },
  { "GLACIER_IR", N_("Archive, Read at Once") },
  { "GLACIER", N_("Archive") },
  { "DEEP_ARCHIVE", N_("Deep Archive") },
  { "NEARLINE", N_("Read Monthly") },
  { "COLDLINE", N_("Read Quarterly") },
  { "ARCHIVE", N_("Read Yearly") },
};

static const char *
get_class_title (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++) {
    if (g_str_equal (classes[i].id, id))
      return _(classes[i].title);
  }
  return id;
}

static void
fill_classes (PwOptionsGroup *self,
              const char     *chosen)
{
  const char *const *ids = pw_preset_get (self->preset)->classes;

  pw_choices_clear (self->storage_class);
  pw_choices_add (self->storage_class, "", _("The Store’s Usual"));
  for (; ids && *ids; ids++)
    pw_choices_add (self->storage_class, *ids, get_class_title (*ids));
  pw_choices_set (self->storage_class, chosen);
}

static void
show_rows (PwOptionsGroup *self)
{
  gboolean is_backend = self->preset == PW_PRESET_BACKEND;
  gboolean is_kms = g_str_has_prefix (pw_choices_get (self->encryption), "aws:kms");
  g_autofree char *name = self->ca_file ? g_filename_display_name (self->ca_file) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->storage_class), !is_backend);
  gtk_widget_set_visible (GTK_WIDGET (self->encryption), !is_backend);
  gtk_widget_set_visible (GTK_WIDGET (self->kms_key), is_kms && !is_backend);
  gtk_widget_set_visible (GTK_WIDGET (self->style), !is_backend);
  gtk_widget_set_visible (self->ca_forget, self->ca_file != NULL);
  adw_action_row_set_subtitle (self->ca_row, name ? name : _("The System’s"));
}

static void
changed_cb (PwOptionsGroup *self)
{
  if (self->is_showing)
    return;
  show_rows (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
pw_options_group_set_preset (PwOptionsGroup *self,
                             PwPreset        preset)
{
  g_autofree char *chosen = g_strdup (pw_choices_get (self->storage_class));
  const char *exists = pw_choices_get (self->if_exists);

  if (self->preset == preset)
    return;
  self->is_showing = TRUE;
  /* Few backends can tell what is there. */
  if (preset == PW_PRESET_BACKEND && g_str_equal (exists, "ask"))
    pw_choices_set (self->if_exists, "replace");
  else if (self->preset == PW_PRESET_BACKEND && g_str_equal (exists, "replace"))
    pw_choices_set (self->if_exists, "ask");
  self->preset = preset;
  fill_classes (self, pw_preset_get (preset)->classes
                && g_strv_contains (pw_preset_get (preset)->classes, chosen) ? chosen : "");
  pw_choices_set (self->style, pw_style_ids[pw_preset_get (preset)->style]);
  self->is_showing = FALSE;
  changed_cb (self);
}

static void
show_part_size (PwOptionsGroup *self,
                guint64         part_size)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, part_size);

  pw_choices_clear (self->part_size);
  pw_choices_add (self->part_size, "0", _("Chosen for Each File"));
  for (guint64 size = 8 * S3_MIB; size <= S3_GIB; size *= 2) {
    g_autofree char *word = g_strdup_printf ("%" G_GUINT64_FORMAT, size);
    g_autofree char *title = g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS);

    pw_choices_add (self->part_size, word, title);
    if (part_size > size && part_size < size * 2) {
      g_autofree char *own = g_format_size_full (part_size, G_FORMAT_SIZE_IEC_UNITS);

      pw_choices_add (self->part_size, id, own);
    }
  }
  if (part_size > 0 && (part_size < 8 * S3_MIB || part_size >= 2 * S3_GIB)) {
    g_autofree char *own = g_format_size_full (part_size, G_FORMAT_SIZE_IEC_UNITS);

    pw_choices_add (self->part_size, id, own);
  }
  pw_choices_set (self->part_size, id);
}

void
pw_options_group_show (PwOptionsGroup *self,
                       PwDestination  *destination)
{
  self->is_showing = TRUE;
  self->preset = pw_preset_find (destination);
  pw_choices_set (self->if_exists, pw_if_exists_ids[destination->if_exists]);
  fill_classes (self, destination->storage_class);
  pw_choices_set (self->encryption, destination->encryption);
  gtk_editable_set_text (self->kms_key, destination->kms_key_id ? destination->kms_key_id : "");
  show_part_size (self, destination->part_size);
  pw_choices_set (self->style, pw_style_ids[destination->style]);
  g_free (self->ca_file);
  self->ca_file = g_strdup (destination->ca_file);
  show_rows (self);
  self->is_showing = FALSE;
}

static void
take (char       **place,
      const char  *text)
{
  g_free (*place);
  *place = text && *text ? g_strdup (text) : NULL;
}

void
pw_options_group_apply (PwOptionsGroup *self,
                        PwDestination  *destination)
{
  gboolean is_backend = self->preset == PW_PRESET_BACKEND;
  g_autofree char *kms_key = g_strstrip (g_strdup (gtk_editable_get_text (self->kms_key)));

  destination->if_exists = (PwIfExists) adw_combo_row_get_selected (self->if_exists);
  destination->part_size = g_ascii_strtoull (pw_choices_get (self->part_size), NULL, 10);
  destination->style = is_backend ? S3_STYLE_AUTO
                                  : (S3Style) adw_combo_row_get_selected (self->style);
  take (&destination->storage_class, is_backend ? NULL : pw_choices_get (self->storage_class));
  take (&destination->encryption, is_backend ? NULL : pw_choices_get (self->encryption));
  take (&destination->kms_key_id,
        gtk_widget_get_visible (GTK_WIDGET (self->kms_key)) ? kms_key : NULL);
  take (&destination->ca_file, self->ca_file);
}

static GtkWidget *
find_row (PwOptionsGroup *self,
          PwField         field)
{
  switch (field) {
  case PW_FIELD_STYLE:
    return GTK_WIDGET (self->style);
  case PW_FIELD_CLASS:
    return GTK_WIDGET (self->storage_class);
  case PW_FIELD_ENCRYPTION:
    return GTK_WIDGET (self->encryption);
  case PW_FIELD_KMS_KEY:
    return GTK_WIDGET (self->kms_key);
  case PW_FIELD_PART_SIZE:
    return GTK_WIDGET (self->part_size);
  case PW_FIELD_CA_FILE:
    return GTK_WIDGET (self->ca_row);
  default:
    return NULL;
  }
}

GtkWidget *
pw_options_group_get_row (PwOptionsGroup *self,
                          PwField         field)
{
  GtkWidget *row = find_row (self, field);

  if (row)
    adw_expander_row_set_expanded (self->expander, TRUE);
  return row;
}

/* Certificates. */

static void
set_ca_file (PwOptionsGroup *self,
             const char     *path)
{
  g_free (self->ca_file);
  self->ca_file = g_strdup (path);
  changed_cb (self);
}

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (PwOptionsGroup) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = pw_dialogs_choose_finish (result, &error);
  g_autoptr (GFile) file = files ? g_list_model_get_item (files, 0) : NULL;

  if (error && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    pw_dialogs_tell_unchosen (GTK_WIDGET (self), error);
  if (file)
    set_ca_file (self, g_file_peek_path (file));
}

static void
choose_ca_file (GtkWidget  *widget,
                const char *action,
                GVariant   *target)
{
  pw_dialogs_choose (widget, PW_CHOOSE_FILE, _("Trusted Certificates"), chosen_cb,
                     g_object_ref (widget));
}

static void
forget_ca_file (GtkWidget  *widget,
                const char *action,
                GVariant   *target)
{
  set_ca_file (PW_OPTIONS_GROUP (widget), NULL);
}

static void
pw_options_group_finalize (GObject *object)
{
  g_free (PW_OPTIONS_GROUP (object)->ca_file);
  G_OBJECT_CLASS (pw_options_group_parent_class)->finalize (object);
}

static void
pw_options_group_class_init (PwOptionsGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pw_options_group_finalize;
  signals[CHANGED] = g_signal_new ("changed", PW_TYPE_OPTIONS_GROUP, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-options-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PwOptionsGroup, expander);
  gtk_widget_class_bind_template_child (widget_class, PwOptionsGroup, if_exists);
  gtk_widget_class_bind_template_child (widget_class, PwOptionsGroup, storage_class);
  gtk_widget_class_bind_template_child (widget_class, PwOptionsGroup, encryption);
  gtk_widget_class_bind_template_child (widget_class, PwOptionsGroup, part_size);
  gtk_widget_class_bind_template_child (widget_class, PwOptionsGroup, style);
  gtk_widget_class_bind_template_child (widget_class, PwOptionsGroup, kms_key);
  gtk_widget_class_bind_template_child (widget_class, PwOptionsGroup, ca_row);
  gtk_widget_class_bind_template_child (widget_class, PwOptionsGroup, ca_forget);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_install_action (widget_class, "options.choose-ca-file", NULL, choose_ca_file);
  gtk_widget_class_install_action (widget_class, "options.forget-ca-file", NULL, forget_ca_file);
}

static void
fill (AdwComboRow  *row,
      const Choice *choices,
      guint         n)
{
  for (guint i = 0; i < n; i++)
    pw_choices_add (row, choices[i].id, _(choices[i].title));
}

static void
pw_options_group_init (PwOptionsGroup *self)
{
  static const Choice exists[] = {
    { "ask", N_("Ask") }, { "replace", N_("Replace") }, { "rename", N_("Keep Both") },
    { "skip", N_("Skip") },
  };
  static const Choice encryptions[] = {
    { "", N_("The Store’s Usual") }, { "AES256", N_("By the Store (AES-256)") },
    { "aws:kms", N_("With a KMS Key") }, { "aws:kms:dsse", N_("With a KMS Key, Twice") },
  };
  static const Choice styles[] = {
    { "auto", N_("Chosen by Service") }, { "virtual", N_("In Front of the Host") },
    { "path", N_("Behind the Host") },
  };

  self->is_showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  fill (self->if_exists, exists, G_N_ELEMENTS (exists));
  fill (self->encryption, encryptions, G_N_ELEMENTS (encryptions));
  fill (self->style, styles, G_N_ELEMENTS (styles));
  self->is_showing = FALSE;
}
