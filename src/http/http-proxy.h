/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* Which proxy leads to an origin, as the desktop's settings have it (GProxyResolver), asked once
 * for each origin.
 *
 * Threads: belongs to one thread. The question itself is put on a thread of its own, since some
 * resolvers fetch a script from the network and cannot be cancelled while they do.
 */

typedef struct _HttpProxies HttpProxies;

/* Looked at several times a second while a lookup lasts; TRUE gives it up. */
typedef gboolean (*HttpProxyGiveUpFunc) (gpointer user_data);

/* @resolver may be NULL: the desktop's, which is not touched before the first question. */
HttpProxies *http_proxies_new    (GProxyResolver      *resolver);
void         http_proxies_free   (HttpProxies         *self);

/* Puts into @proxy what libcurl takes for one ("http://proxy:3128", "socks5h://…"), or NULL for
 * none; borrowed until the next call. FALSE, and @proxy untouched, if it was given up. A resolver
 * that fails counts as "none": the connection itself tells better what is wrong. */
gboolean     http_proxies_find   (HttpProxies         *self,
                                  const char          *origin,
                                  HttpProxyGiveUpFunc  give_up,
                                  gpointer             user_data,
                                  const char         **proxy);

/* The settings may have changed. */
void         http_proxies_forget (HttpProxies         *self);
