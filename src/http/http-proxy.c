/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-proxy.h"

#include <string.h>

#define LOOK_US (20 * G_TIME_SPAN_MILLISECOND)
#define DIRECT ""

struct _HttpProxies {
  GProxyResolver *resolver;
  GHashTable *known;            /* origin to proxy, DIRECT for none */
};

/* One question on its way. Each side holds a reference to the queue; the answer that nobody waits
 * for any more goes with it. */
typedef struct {
  GProxyResolver *resolver;
  GCancellable *cancellable;
  GAsyncQueue *answers;         /* one string */
  char *origin;
} Lookup;

static void
lookup_free (Lookup *lookup)
{
  g_clear_object (&lookup->resolver);
  g_clear_object (&lookup->cancellable);
  g_async_queue_unref (lookup->answers);
  g_free (lookup->origin);
  g_free (lookup);
}

/* GIO's SOCKS proxies are given names, not addresses (g_proxy_supports_hostname()): the name may
 * have no address on this side. */
static char *
dup_for_curl (const char *proxy)
{
  if (g_str_has_prefix (proxy, "direct:"))
    return g_strdup (DIRECT);
  if (g_str_has_prefix (proxy, "socks5://"))
    return g_strconcat ("socks5h://", proxy + strlen ("socks5://"), NULL);
  if (g_str_has_prefix (proxy, "socks://"))
    return g_strconcat ("socks5h://", proxy + strlen ("socks://"), NULL);
  return g_strdup (proxy);
}

static gpointer
lookup_thread (gpointer data)
{
  Lookup *lookup = data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) proxies = NULL;

  proxies = g_proxy_resolver_lookup (lookup->resolver, lookup->origin, lookup->cancellable, &error);
  if (proxies == NULL)
    g_debug ("No proxy settings for %s: %s", lookup->origin, error->message);

  g_async_queue_push (lookup->answers,
                      proxies != NULL && proxies[0] != NULL ? dup_for_curl (proxies[0])
                                                            : g_strdup (DIRECT));
  lookup_free (lookup);
  return NULL;
}

static char *
ask (HttpProxies         *self,
     const char          *origin,
     HttpProxyGiveUpFunc  give_up,
     gpointer             user_data)
{
  g_autoptr (GAsyncQueue) answers = g_async_queue_new_full (g_free);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Lookup *lookup = g_new0 (Lookup, 1);
  char *answer = NULL;

  lookup->resolver = g_object_ref (self->resolver);
  lookup->cancellable = g_object_ref (cancellable);
  lookup->answers = g_async_queue_ref (answers);
  lookup->origin = g_strconcat (origin, "/", NULL);
  g_thread_unref (g_thread_new ("proxy", lookup_thread, lookup));

  while (answer == NULL) {
    answer = g_async_queue_timeout_pop (answers, LOOK_US);
    if (answer == NULL && give_up (user_data)) {
      g_cancellable_cancel (cancellable);
      return NULL;
    }
  }
  return answer;
}

HttpProxies *
http_proxies_new (GProxyResolver *resolver)
{
  HttpProxies *self = g_new0 (HttpProxies, 1);

  g_set_object (&self->resolver, resolver);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
http_proxies_free (HttpProxies *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->resolver);
  g_hash_table_unref (self->known);
  g_free (self);
}

gboolean
http_proxies_find (HttpProxies          *self,
                   const char           *origin,
                   HttpProxyGiveUpFunc   give_up,
                   gpointer              user_data,
                   const char          **proxy)
{
  const char *found;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (origin != NULL && give_up != NULL && proxy != NULL, FALSE);

  found = g_hash_table_lookup (self->known, origin);
  if (found == NULL) {
    char *answer;

    if (self->resolver == NULL)
      self->resolver = g_object_ref (g_proxy_resolver_get_default ());
    answer = ask (self, origin, give_up, user_data);
    if (answer == NULL)
      return FALSE;
    g_hash_table_insert (self->known, g_strdup (origin), answer);
    found = answer;
  }
  *proxy = *found != '\0' ? found : NULL;
  return TRUE;
}

void
http_proxies_forget (HttpProxies *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_remove_all (self->known);
}
