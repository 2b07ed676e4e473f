/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-form.h"

#include "presign/presign-json.h"

#include <string.h>

typedef struct {
  GString *fields;
  GString *policy;
} Form;

/* A field, and the condition that it is what it is. */
static void
add_field (Form       *form,
           const char *name,
           const char *value)
{
  presign_json_append_text (form->fields, name, value);
  if (value) {
    g_string_append (form->policy, ",{");
    presign_json_append_text (form->policy, name, value);
    g_string_append_c (form->policy, '}');
  }
}

/* "team=film&year=2026" as XML: what the field "tagging" holds. */
static char *
dup_tagging (const char *tags)
{
  g_auto (GStrv) pairs = g_strsplit (tags, "&", -1);
  GString *xml = g_string_new ("<Tagging><TagSet>");

  for (char **pair = pairs; *pair; pair++) {
    char *equals = strchr (*pair, '=');
    g_autofree char *key = g_uri_unescape_segment (*pair, equals, NULL);
    g_autofree char *value = g_uri_unescape_string (equals ? equals + 1 : "", NULL);
    g_autofree char *safe = key && value ? g_markup_printf_escaped (
      "<Tag><Key>%s</Key><Value>%s</Value></Tag>", key, value) : NULL;

    g_string_append (xml, safe ? safe : "");
  }
  g_string_append (xml, "</TagSet></Tagging>");
  return g_string_free (xml, FALSE);
}

/* The options go as headers elsewhere; the fields have the same names. */
static void
add_options (Form                  *form,
             const S3ObjectOptions *options)
{
  g_autoptr (HttpRequest) request = http_request_new ("POST", "/");

  s3_object_options_apply (options, request);
  for (guint i = 0; i < request->headers->len; i++) {
    const HttpHeader *header = &g_array_index (request->headers, HttpHeader, i);
    g_autofree char *name = g_ascii_strdown (header->name, -1);

    if (g_str_equal (name, "x-amz-tagging")) {
      g_autofree char *xml = dup_tagging (header->value);

      add_field (form, "tagging", xml);
    } else {
      add_field (form, name, header->value);
    }
  }
}

static char *
dup_iso_time (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);

  return g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
}

static void
begin_policy (Form              *form,
              const PresignCall *call,
              gint64             expires)
{
  g_autofree char *expiration = dup_iso_time (expires);

  g_string_append (form->policy, "{");
  presign_json_append_text (form->policy, "expiration", expiration);
  g_string_append (form->policy, ",\"conditions\":[{");
  presign_json_append_text (form->policy, "bucket", call->config->bucket);
  g_string_append_c (form->policy, '}');
  if (call->config->max_object_size > 0) {
    g_string_append_printf (form->policy, ",[\"content-length-range\",0,%" G_GUINT64_FORMAT "]",
                            call->config->max_object_size);
  }
}

char *
presign_form_append (const PresignCall     *call,
                     const char            *key,
                     const S3ObjectOptions *options,
                     guint                 *lifetime,
                     GString               *json,
                     PresignProblem        *problem)
{
  gint64 time = 0;
  g_autoptr (PresignSigner) signer = presign_store_ref_signer (call->store, call->now, &time,
                                                               problem);
  g_autoptr (GString) policy = g_string_new (NULL);
  Form form = { json, policy };
  g_autofree char *scope = NULL;
  g_autofree char *credential = NULL;
  g_autofree char *timestamp = NULL;
  g_autofree char *base64 = NULL;
  g_autofree char *signature = NULL;

  if (!signer) {
    return NULL;
  }
  if (signer->expires > 0) {
    *lifetime = (guint) MIN ((gint64) *lifetime, signer->expires - call->now);
  }
  scope = s3_signing_key_dup_scope (&signer->key);
  credential = g_strconcat (signer->credentials->access_key, "/", scope, NULL);
  timestamp = s3_dup_timestamp (time);

  g_string_append_c (json, '{');
  begin_policy (&form, call, time + *lifetime);
  add_field (&form, "key", key);
  add_field (&form, "success_action_status", "201");
  add_options (&form, options);
  add_field (&form, "x-amz-algorithm", "AWS4-HMAC-SHA256");
  add_field (&form, "x-amz-credential", credential);
  add_field (&form, "x-amz-date", timestamp);
  add_field (&form, "x-amz-security-token", signer->credentials->session_token);
  g_string_append (policy, "]}");
  base64 = g_base64_encode ((const guchar *) policy->str, policy->len);
  signature = s3_signing_key_dup_signature (&signer->key, base64);
  presign_json_append_text (json, "policy", base64);
  presign_json_append_text (json, "x-amz-signature", signature);
  g_string_append_c (json, '}');
  return s3_address_dup_url (signer->address, NULL, NULL);
}
