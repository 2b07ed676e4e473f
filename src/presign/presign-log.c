/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-log.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#define FULL 16384              /* bytes that wait at most */

struct _PresignLog {
  int fd;
  PresignLogLevel level;

  GMutex mutex;                 /* guards the lines that wait */
  GString *waiting;
};

static const char *const names[] = { "error", "warning", "info", "debug" };

PresignLog *
presign_log_new (int             fd,
                 PresignLogLevel level)
{
  PresignLog *self = g_new0 (PresignLog, 1);

  self->fd = fd;
  self->level = level;
  g_mutex_init (&self->mutex);
  self->waiting = g_string_sized_new (FULL + 1024);
  return self;
}

void
presign_log_free (PresignLog *self)
{
  if (!self) {
    return;
  }
  presign_log_flush (self);
  g_string_free (self->waiting, TRUE);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

gboolean
presign_log_wants (PresignLog      *self,
                   PresignLogLevel  level)
{
  return level <= self->level;
}

/* Nobody can be told that the log cannot be written. */
static void
write_waiting (PresignLog *self)
{
  gsize at = 0;

  while (at < self->waiting->len) {
    gssize n = write (self->fd, self->waiting->str + at, self->waiting->len - at);

    if (n < 0 && errno != EINTR) {
      break;
    }
    at += (gsize) MAX (n, 0);
  }
  g_string_truncate (self->waiting, 0);
}

void
presign_log_flush (PresignLog *self)
{
  g_mutex_lock (&self->mutex);
  write_waiting (self);
  g_mutex_unlock (&self->mutex);
}

void
presign_log_quote (GString    *line,
                   const char *text)
{
  g_autofree char *valid = NULL;

  if (!g_utf8_validate (text, -1, NULL)) {
    text = valid = g_utf8_make_valid (text, -1);
  }
  g_string_append_c (line, '"');
  for (const char *c = text; *c; c++) {
    if (*c == '"' || *c == '\\') {
      g_string_append_c (line, '\\');
      g_string_append_c (line, *c);
    } else if ((guchar) *c < 0x20 || *c == 0x7f) {
      g_string_append_printf (line, "\\u%04x", (guchar) *c);
    } else {
      g_string_append_c (line, *c);
    }
  }
  g_string_append_c (line, '"');
}

static void
append (GString    *line,
        const char *name,
        const char *text)
{
  if (text) {
    g_string_append_printf (line, ",\"%s\":", name);
    presign_log_quote (line, text);
  }
}

static void
begin (GString         *line,
       PresignLogLevel  level,
       gint64           now_us)
{
  time_t seconds = (time_t) (now_us / G_USEC_PER_SEC);
  struct tm utc;
  char text[32];

  gmtime_r (&seconds, &utc);
  strftime (text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  g_string_append_printf (line, "{\"time\":\"%s.%03dZ\",\"level\":\"%s\"", text,
                          (int) (now_us / 1000 % 1000), names[level]);
}

void
presign_log_format (GString                 *line,
                    const PresignLogRequest *request,
                    PresignLogLevel          level,
                    gint64                   now_us)
{
  begin (line, level, now_us);
  append (line, "requestId", request->request_id);
  append (line, "method", request->method);
  append (line, "dialect", request->dialect);
  append (line, "route", request->route);
  if (request->status != 0) {
    g_string_append_printf (line, ",\"status\":%u", request->status);
  }
  g_string_append_printf (line, ",\"ms\":%d.%03d", (int) (request->duration_us / 1000),
                          (int) (request->duration_us % 1000));
  append (line, "user", request->user);
  append (line, "peer", request->peer);
  append (line, "code", request->code);
  g_string_append (line, "}\n");
}

void
presign_log_request (PresignLog              *self,
                     const PresignLogRequest *request)
{
  PresignLogLevel level = request->status >= 500 ? PRESIGN_LOG_WARNING : PRESIGN_LOG_INFO;

  if (!presign_log_wants (self, level)) {
    return;
  }
  g_mutex_lock (&self->mutex);
  presign_log_format (self->waiting, request, level, g_get_real_time ());
  if (self->waiting->len >= FULL || level <= PRESIGN_LOG_WARNING) {
    write_waiting (self);
  }
  g_mutex_unlock (&self->mutex);
}

static void
say (PresignLog      *self,
     PresignLogLevel  level,
     const char      *message)
{
  g_mutex_lock (&self->mutex);
  begin (self->waiting, level, g_get_real_time ());
  append (self->waiting, "message", message);
  g_string_append (self->waiting, "}\n");
  write_waiting (self);
  g_mutex_unlock (&self->mutex);
}

void
presign_log_say (PresignLog      *self,
                 PresignLogLevel  level,
                 const char      *format,
                 ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (!presign_log_wants (self, level)) {
    return;
  }
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  say (self, level, message);
}

static GLogWriterOutput
writer_cb (GLogLevelFlags   flags,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  PresignLog *self = user_data;
  PresignLogLevel level = PRESIGN_LOG_DEBUG;

  if (flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) {
    level = PRESIGN_LOG_ERROR;
  } else if (flags & G_LOG_LEVEL_WARNING) {
    level = PRESIGN_LOG_WARNING;
  } else if (flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO)) {
    level = PRESIGN_LOG_INFO;
  }
  for (gsize i = 0; i < n_fields && presign_log_wants (self, level); i++) {
    if (g_str_equal (fields[i].key, "MESSAGE")) {
      g_autofree char *message = fields[i].length < 0 ?
                                 g_strdup (fields[i].value) :
                                 g_strndup (fields[i].value, (gsize) fields[i].length);

      say (self, level, message);
    }
  }
  return G_LOG_WRITER_HANDLED;
}

void
presign_log_adopt (PresignLog *self)
{
  g_log_set_writer_func (writer_cb, self, NULL);
}
