/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-undo.h"

#include <glib/gi18n.h>

struct _PwUndo {
  AdwToastOverlay *overlay;
  PwUndoFunc func;
  GDestroyNotify what_free;
  gpointer user_data;
  GPtrArray *offers;            /* Offer whose toasts are open */
};

typedef struct {
  PwUndo *undo;
  AdwToast *toast;
  gpointer what;
  gboolean is_undone;
} Offer;

static void
offer_free (gpointer data)
{
  Offer *offer = data;

  g_signal_handlers_disconnect_by_data (offer->toast, offer);
  g_object_unref (offer->toast);
  offer->undo->what_free (offer->what);
  g_free (offer);
}

static void
clicked_cb (AdwToast *toast,
            Offer    *offer)
{
  offer->is_undone = TRUE;
}

static void
dismissed_cb (AdwToast *toast,
              Offer    *offer)
{
  PwUndo *self = offer->undo;

  self->func (offer->what, offer->is_undone, self->user_data);
  g_ptr_array_remove_fast (self->offers, offer);
}

PwUndo *
pw_undo_new (AdwToastOverlay *overlay,
             PwUndoFunc       func,
             GDestroyNotify   what_free,
             gpointer         user_data)
{
  PwUndo *self = g_new0 (PwUndo, 1);

  self->overlay = overlay;
  self->func = func;
  self->what_free = what_free;
  self->user_data = user_data;
  self->offers = g_ptr_array_new_with_free_func (offer_free);
  return self;
}

void
pw_undo_free (PwUndo *self)
{
  for (guint i = 0; i < self->offers->len; i++) {
    Offer *offer = g_ptr_array_index (self->offers, i);

    self->func (offer->what, offer->is_undone, self->user_data);
  }
  g_ptr_array_unref (self->offers);
  g_free (self);
}

void
pw_undo_offer (PwUndo     *self,
               const char *sentence,
               gpointer    what)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  Offer *offer = g_new0 (Offer, 1);

  offer->undo = self;
  offer->what = what;
  offer->toast = g_object_ref_sink (adw_toast_new (escaped));
  adw_toast_set_button_label (offer->toast, _("_Undo"));
  g_signal_connect (offer->toast, "button-clicked", G_CALLBACK (clicked_cb), offer);
  g_signal_connect (offer->toast, "dismissed", G_CALLBACK (dismissed_cb), offer);
  g_ptr_array_add (self->offers, offer);
  adw_toast_overlay_add_toast (self->overlay, g_object_ref (offer->toast));
}
