/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-place-group.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/pw-choices.h"
#include "s3/s3-endpoint.h"
#include "s3/s3-limits.h"

/* Of the combo: the region is typed in. */
#define OTHER "other"

struct _PwPlaceGroup {
  AdwPreferencesGroup parent_instance;

  AdwComboRow *service, *region, *dialect;
  GtkEditable *account, *endpoint, *other_region, *bucket, *prefix, *name;
  GtkWidget *allow_http_row;
  GtkSwitch *allow_http;

  gboolean is_showing;          /* the rows are being filled, by nobody's hand */
  char *given_name;             /* by this program, from what else is typed */
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PwPlaceGroup, pw_place_group, ADW_TYPE_PREFERENCES_GROUP)

PwPreset
pw_place_group_get_preset (PwPlaceGroup *self)
{
  return (PwPreset) adw_combo_row_get_selected (self->service);
}

static char *
dup_text (GtkEditable *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (row)));
}

static gboolean
is_other_region (PwPlaceGroup *self)
{
  const PwPresetInfo *info = pw_preset_get (pw_place_group_get_preset (self));

  return !info->regions || g_str_equal (pw_choices_get (self->region), OTHER);
}

static char *
dup_region (PwPlaceGroup *self)
{
  return is_other_region (self) ? dup_text (self->other_region)
                                : g_strdup (pw_choices_get (self->region));
}

static char *
dup_endpoint (PwPlaceGroup *self)
{
  const PwPresetInfo *info = pw_preset_get (pw_place_group_get_preset (self));
  g_autofree char *region = dup_region (self);
  g_autofree char *account = dup_text (self->account);

  if (info->endpoint && *info->endpoint == '\0')
    return dup_text (self->endpoint);
  return pw_preset_dup_endpoint (pw_place_group_get_preset (self),
                                 info->needs_account ? account : region);
}

/* Rows. */

/* Plain http to another machine. */
static gboolean
is_in_the_open (PwPlaceGroup *self)
{
  g_autofree char *endpoint = dup_endpoint (self);
  g_auto (S3Endpoint) parsed = { 0 };

  return endpoint && s3_endpoint_parse (&parsed, endpoint)
         && g_str_equal (parsed.scheme, "http") && !s3_host_is_loopback (parsed.host);
}

static void
show_rows (PwPlaceGroup *self)
{
  PwPreset preset = pw_place_group_get_preset (self);
  const PwPresetInfo *info = pw_preset_get (preset);
  gboolean is_backend = preset == PW_PRESET_BACKEND;
  gboolean is_typed = info->endpoint && *info->endpoint == '\0';
  gboolean has_region = !is_backend && (info->regions || is_typed);

  gtk_widget_set_visible (GTK_WIDGET (self->account), info->needs_account);
  gtk_widget_set_visible (GTK_WIDGET (self->endpoint), is_typed);
  gtk_widget_set_visible (self->allow_http_row, is_in_the_open (self));
  gtk_widget_set_visible (GTK_WIDGET (self->region), info->regions != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->other_region), has_region && is_other_region (self));
  gtk_widget_set_visible (GTK_WIDGET (self->dialect), is_backend);
  gtk_widget_set_visible (GTK_WIDGET (self->bucket), !is_backend);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->endpoint),
                                 is_backend ? _("Address of the Backend")
                                            : _("Address of the Store"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->other_region),
                                 info->regions ? _("Name of the Region")
                                               : _("Region (optional)"));
}

static void
fill_regions (PwPlaceGroup *self)
{
  const PwPresetInfo *info = pw_preset_get (pw_place_group_get_preset (self));

  pw_choices_clear (self->region);
  for (const PwRegion *region = info->regions; region && region->id; region++) {
    g_autofree char *title = g_strdup_printf ("%s — %s", _(region->name), region->id);

    pw_choices_add (self->region, region->id, title);
  }
  pw_choices_add (self->region, OTHER, _("Other…"));
}

/* What people would call it. */
static char *
dup_usual_name (PwPlaceGroup *self)
{
  g_autofree char *bucket = dup_text (self->bucket);
  g_autofree char *prefix = dup_text (self->prefix);
  g_autofree char *endpoint = dup_text (self->endpoint);
  const char *scheme = strstr (endpoint, "://");

  if (pw_place_group_get_preset (self) == PW_PRESET_BACKEND)
    return g_strdup (scheme ? scheme + 3 : endpoint);
  return *prefix && *bucket ? g_strconcat (bucket, "/", prefix, NULL)
                            : g_steal_pointer (&bucket);
}

static void
give_name (PwPlaceGroup *self)
{
  const char *name = gtk_editable_get_text (self->name);
  char *usual;

  if (*name && g_strcmp0 (name, self->given_name) != 0)
    return;
  usual = dup_usual_name (self);
  g_free (self->given_name);
  self->given_name = usual;
  self->is_showing = TRUE;
  gtk_editable_set_text (self->name, usual);
  self->is_showing = FALSE;
}

static void
changed_cb (PwPlaceGroup *self)
{
  if (self->is_showing)
    return;
  show_rows (self);
  if (!gtk_widget_has_focus (GTK_WIDGET (gtk_editable_get_delegate (self->name))))
    give_name (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
service_cb (PwPlaceGroup *self)
{
  if (self->is_showing)
    return;
  self->is_showing = TRUE;
  fill_regions (self);
  self->is_showing = FALSE;
  changed_cb (self);
}

/* In and out. */

static void
show_region (PwPlaceGroup  *self,
             PwDestination *destination)
{
  const PwPresetInfo *info = pw_preset_get (pw_place_group_get_preset (self));
  g_autofree char *place = pw_preset_dup_place (pw_place_group_get_preset (self),
                                                destination->endpoint);
  const char *region = place && *place && !info->needs_account ? place : destination->region;
  gboolean is_known = FALSE;

  fill_regions (self);
  for (const PwRegion *r = info->regions; r && r->id; r++)
    is_known |= g_strcmp0 (r->id, region) == 0;
  if (is_known || !region || *region == '\0')
    adw_combo_row_set_selected (self->region, 0);
  if (region && *region)
    pw_choices_set (self->region, is_known ? region : OTHER);
  gtk_editable_set_text (self->other_region, region ? region : "");
  gtk_editable_set_text (self->account, info->needs_account && place ? place : "");
}

static const char *
or_empty (const char *text)
{
  return text ? text : "";
}

void
pw_place_group_show (PwPlaceGroup  *self,
                     PwDestination *destination)
{
  self->is_showing = TRUE;
  adw_combo_row_set_selected (self->service, pw_preset_find (destination));
  show_region (self, destination);
  gtk_editable_set_text (self->endpoint, or_empty (destination->endpoint));
  gtk_switch_set_active (self->allow_http, destination->allow_http);
  adw_combo_row_set_selected (self->dialect, destination->dialect);
  gtk_editable_set_text (self->bucket, or_empty (destination->bucket));
  gtk_editable_set_text (self->prefix, or_empty (destination->prefix));
  gtk_editable_set_text (self->name, or_empty (destination->name));
  show_rows (self);
  self->is_showing = FALSE;
}

static void
take (char **place,
      char  *text)
{
  g_free (*place);
  *place = text && *text ? g_strdup (text) : NULL;
  g_free (text);
}

/* An address that is typed in may be that of a store whose limits are known. */
static S3StoreKind
find_store (const char *endpoint)
{
  g_auto (S3Endpoint) parsed = { 0 };

  if (!endpoint || !s3_endpoint_parse (&parsed, endpoint))
    return S3_STORE_GENERIC;
  return s3_limits_for_host (parsed.host)->kind;
}

void
pw_place_group_apply (PwPlaceGroup  *self,
                      PwDestination *destination)
{
  PwPreset preset = pw_place_group_get_preset (self);
  const PwPresetInfo *info = pw_preset_get (preset);
  gboolean is_backend = preset == PW_PRESET_BACKEND;

  destination->kind = is_backend ? PW_DESTINATION_PRESIGN : PW_DESTINATION_S3;
  destination->dialect = is_backend
                         ? (PwDialectKind) adw_combo_row_get_selected (self->dialect)
                         : PW_DIALECT_AUTO;
  take (&destination->endpoint, dup_endpoint (self));
  destination->store = preset == PW_PRESET_CUSTOM ? find_store (destination->endpoint)
                                                  : info->store;
  take (&destination->region, gtk_widget_get_visible (GTK_WIDGET (self->region))
        || gtk_widget_get_visible (GTK_WIDGET (self->other_region))
                              ? dup_region (self) : NULL);
  take (&destination->bucket, is_backend ? NULL : dup_text (self->bucket));
  take (&destination->prefix, dup_text (self->prefix));
  take (&destination->name, dup_text (self->name));
  destination->allow_http = gtk_widget_get_visible (self->allow_http_row)
                            && gtk_switch_get_active (self->allow_http);
}

gboolean
pw_place_group_is_complete (PwPlaceGroup *self)
{
  PwPreset preset = pw_place_group_get_preset (self);
  g_autofree char *endpoint = dup_endpoint (self);
  g_autofree char *region = dup_region (self);
  g_autofree char *bucket = dup_text (self->bucket);

  if (preset != PW_PRESET_AWS && (!endpoint || *endpoint == '\0'))
    return FALSE;
  if (preset == PW_PRESET_AWS && *region == '\0')
    return FALSE;
  return preset == PW_PRESET_BACKEND || *bucket;
}

GtkWidget *
pw_place_group_get_row (PwPlaceGroup *self,
                        PwField       field)
{
  const PwPresetInfo *info = pw_preset_get (pw_place_group_get_preset (self));

  switch (field) {
  case PW_FIELD_NAME:
    return GTK_WIDGET (self->name);
  case PW_FIELD_ENDPOINT:
    return GTK_WIDGET (info->needs_account ? self->account
                       : info->regions ? self->other_region : self->endpoint);
  case PW_FIELD_ALLOW_HTTP:
    return self->allow_http_row;
  case PW_FIELD_REGION:
    return GTK_WIDGET (self->other_region);
  case PW_FIELD_BUCKET:
    return GTK_WIDGET (self->bucket);
  case PW_FIELD_PREFIX:
    return GTK_WIDGET (self->prefix);
  default:
    return NULL;
  }
}

static void
pw_place_group_finalize (GObject *object)
{
  g_free (PW_PLACE_GROUP (object)->given_name);
  G_OBJECT_CLASS (pw_place_group_parent_class)->finalize (object);
}

static void
pw_place_group_class_init (PwPlaceGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pw_place_group_finalize;
  signals[CHANGED] = g_signal_new ("changed", PW_TYPE_PLACE_GROUP, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/partway/Partway/pw-place-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, service);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, account);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, endpoint);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, allow_http_row);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, allow_http);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, region);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, other_region);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, dialect);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, bucket);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, prefix);
  gtk_widget_class_bind_template_child (widget_class, PwPlaceGroup, name);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, service_cb);
}

static void
pw_place_group_init (PwPlaceGroup *self)
{
  static const char *const dialects[PW_N_DIALECTS] = {
    [PW_DIALECT_AUTO] = N_("Found Out by Asking"),
    [PW_DIALECT_FASTAPI] = "FastAPI",
    [PW_DIALECT_COMPANION] = "Uppy Companion",
    [PW_DIALECT_SIGN] = N_("Signing Endpoint"),
    [PW_DIALECT_PARTWAY] = "Partway Presign",
  };

  self->is_showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < PW_N_PRESETS; i++)
    pw_choices_add (self->service, "", _(pw_preset_get (i)->name));
  for (guint i = 0; i < PW_N_DIALECTS; i++)
    pw_choices_add (self->dialect, pw_dialect_ids[i], _(dialects[i]));
  fill_regions (self);
  show_rows (self);
  self->is_showing = FALSE;
}
