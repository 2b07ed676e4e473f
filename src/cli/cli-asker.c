/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-asker.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "cli/cli-secret.h"
#include "cli/cli-session.h"
#include "config.h"
#include "engine/pw-destinations.h"
#include "engine/pw-lane.h"
#include "engine/pw-probe.h"

gboolean
cli_asker_init (CliAsker       *self,
                PwDestination  *destination,
                GError        **error)
{
  HttpClientOptions options = {
    .ca_file = destination->ca_file, .user_agent = "Partway/" PW_VERSION,
  };

  if (!pw_destination_check (destination, error))
    return FALSE;
  self->destination = g_object_ref (destination);
  self->credentials = pw_credentials_new (destination);
  if (!cli_secret_prepare (self->credentials, error))
    return FALSE;
  self->authority = pw_lane_make_authority (destination, self->credentials, error);
  if (!self->authority)
    return FALSE;
  self->client = http_client_new (&options);
  self->exchange.client = self->client;
  return pw_authority_prepare (self->authority, &self->exchange, error);
}

void
cli_asker_clear (CliAsker *self)
{
  g_clear_object (&self->destination);
  g_clear_pointer (&self->credentials, pw_credentials_unref);
  g_clear_pointer (&self->authority, pw_authority_unref);
  g_clear_pointer (&self->client, http_client_free);
  pw_exchange_clear (&self->exchange);
}

static void
show_step (PwProbeStep          step,
           const PwProbeResult *result,
           gpointer             destination)
{
  printf ("%s  %s\n", result->error ? "✗" : "✓", pw_probe_get_title (step, destination));
  if (result->error)
    printf ("   %s\n", result->error->message);
  fflush (stdout);
}

/* What an upload through this backend has to do without. */
static void
show_limits (PwDialectKind  dialect,
             PwAuthority   *authority)
{
  printf (_("The backend speaks the dialect “%s”.\n"), pw_dialect_ids[dialect]);
  if (!pw_authority_can (authority, PW_CAN_HEAD))
    printf ("%s\n", _("It cannot tell whether an object exists, so what is there is replaced; nor "
                      "show the finished object, so each part is proved, and no more."));
  if (!pw_authority_can (authority, PW_CAN_ABORT))
    printf ("%s\n", _("It cannot delete unfinished uploads: give the bucket a lifecycle rule "
                      "(AbortIncompleteMultipartUpload)."));
  if (!pw_authority_can (authority, PW_CAN_LIST_UPLOADS))
    printf ("%s\n", _("It cannot list unfinished uploads."));
  if (dialect == PW_DIALECT_FASTAPI || dialect == PW_DIALECT_SIGN)
    printf ("%s\n", _("It lists the first 1,000 parts of an upload; after an interruption the "
                      "others count because the store confirmed them."));
}

static void
show_abilities (const PwProbe *probe)
{
  if (probe->tells_whole)
    printf (_("The store checks %s of every part and of the whole object.\n"),
            s3_checksum_get_name (probe->checksum));
  else
    printf (_("The store checks %s of every part.\n"), s3_checksum_get_name (probe->checksum));
  if (!probe->keeps_existing)
    printf ("%s\n", _("The store cannot promise to keep an object that appears meanwhile."));
}

/* TRUE also where there is nothing to remember it with. */
static gboolean
remember (PwDestination *destination,
          const PwProbe *probe,
          GError       **error)
{
  g_autoptr (PwDestinations) destinations = pw_destinations_new (NULL);
  g_autoptr (PwDestination) learned = NULL;
  PwDestination *saved;

  if (!pw_destinations_load (destinations, error))
    return FALSE;
  saved = pw_destinations_lookup (destinations, destination->id);
  if (!saved)
    return TRUE;
  learned = pw_destination_copy (saved);
  pw_probe_apply (probe, learned);
  return pw_destinations_replace (destinations, learned, error)
         && pw_destinations_save (destinations, error);
}

int
cli_asker_test (PwDestination *destination)
{
  g_autoptr (GError) error = NULL;
  g_auto (CliAsker) asker = { 0 };
  g_autoptr (PwProbe) probe = NULL;
  g_autoptr (PwDestination) fresh = pw_destination_copy (destination);

  /* Nothing that an earlier test found is taken for granted. */
  fresh->is_probed = FALSE;
  if (!cli_asker_init (&asker, fresh, &error))
    return cli_exit_fail (error);
  probe = pw_probe_run (fresh, asker.authority, asker.client, show_step, fresh);
  if (!pw_probe_is_usable (probe))
    return cli_exit_fail (pw_probe_get_error (probe));
  if (probe->is_backend)
    show_limits (probe->dialect, asker.authority);
  else
    show_abilities (probe);
  if (!remember (destination, probe, &error))
    return cli_exit_fail (error);
  return CLI_EXIT_OK;
}
