/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fault.h"

#include "store-fault-script.h"

#include <string.h>

static const char *const op_names[STORE_N_OPS] = {
  [STORE_OP_UNKNOWN] = "other",
  [STORE_OP_BUCKET] = "bucket",
  [STORE_OP_CREATE] = "create",
  [STORE_OP_PART] = "part",
  [STORE_OP_LIST_PARTS] = "list-parts",
  [STORE_OP_LIST_UPLOADS] = "list-uploads",
  [STORE_OP_COMPLETE] = "complete",
  [STORE_OP_ABORT] = "abort",
  [STORE_OP_PUT] = "put",
  [STORE_OP_HEAD] = "head",
  [STORE_OP_GET] = "get",
  [STORE_OP_DELETE] = "delete",
};

static gboolean
matches (const StoreFault         *fault,
         const StoreFaultQuestion *question)
{
  if (fault->op != STORE_OP_UNKNOWN && fault->op != question->op)
    return FALSE;
  if (fault->op == STORE_OP_PART &&
      (question->part_number < fault->first_part || question->part_number > fault->last_part))
    return FALSE;
  if (fault->key != NULL &&
      (question->key == NULL || !g_pattern_spec_match_string (fault->key, question->key)))
    return FALSE;
  return fault->host == NULL || g_pattern_spec_match_string (fault->host, question->host);
}

static gboolean
count (StoreFault               *fault,
       const StoreFaultQuestion *question)
{
  if (fault->n_seen++ < fault->after)
    return FALSE;
  if (fault->times > 0 && fault->n_hits >= fault->times)
    return FALSE;
  if (fault->each > 0) {
    g_autofree char *name = g_strdup_printf ("%s\n%s\n%u", op_names[question->op],
                                             question->key != NULL ? question->key : "",
                                             question->part_number);
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (fault->per_part, name));

    if (n >= fault->each)
      return FALSE;
    g_hash_table_insert (fault->per_part, g_steal_pointer (&name), GUINT_TO_POINTER (n + 1));
  }
  fault->n_hits++;
  return TRUE;
}

StoreFaults *
store_faults_new (void)
{
  StoreFaults *self = g_rc_box_new0 (StoreFaults);

  self->rules = g_ptr_array_new_with_free_func ((GDestroyNotify) store_fault_free);
  self->started = g_get_monotonic_time ();
  return self;
}

StoreFaults *
store_faults_ref (StoreFaults *self)
{
  return g_rc_box_acquire (self);
}

static void
faults_clear (gpointer data)
{
  StoreFaults *self = data;

  g_ptr_array_unref (self->rules);
}

void
store_faults_unref (StoreFaults *self)
{
  g_rc_box_release_full (self, faults_clear);
}

gboolean
store_faults_add (StoreFaults  *self,
                  const char   *name,
                  const char   *script,
                  GError      **error)
{
  g_auto (GStrv) lines = g_strsplit (script, "\n", -1);
  g_autoptr (GPtrArray) rules =
    g_ptr_array_new_with_free_func ((GDestroyNotify) store_fault_free);

  for (guint i = 0; lines[i] != NULL; i++) {
    GError *local_error = NULL;
    StoreFault *fault = store_fault_parse (lines[i], &local_error);

    if (local_error != NULL) {
      g_propagate_prefixed_error (error, local_error, "%s:%u: ", name, i + 1);
      return FALSE;
    }
    if (fault != NULL)
      g_ptr_array_add (rules, fault);
  }
  g_ptr_array_extend_and_steal (self->rules, g_steal_pointer (&rules));
  return TRUE;
}

GPtrArray *
store_faults_match (StoreFaults              *self,
                    const StoreFaultQuestion *question)
{
  GPtrArray *actions = g_ptr_array_new ();

  for (guint i = 0; i < self->rules->len; i++) {
    StoreFault *fault = g_ptr_array_index (self->rules, i);

    if (matches (fault, question) && count (fault, question))
      g_ptr_array_add (actions, &fault->action);
  }
  return actions;
}

const char *
store_op_get_name (StoreOp op)
{
  g_return_val_if_fail (op < STORE_N_OPS, NULL);
  return op_names[op];
}
