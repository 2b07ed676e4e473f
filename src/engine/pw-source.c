/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-source.h"

#include "engine/pw-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The kernel stamps files with a clock that moves once a tick: 4 ms usually, 10 ms at most. */
#define FRESH_NS G_GINT64_CONSTANT (20000000)
#define TICK_NS G_GINT64_CONSTANT (10000000)
/* A file whose times do not age in so many waits is being written to. */
#define MAX_WAITS 10

#define NS_PER_SECOND G_GINT64_CONSTANT (1000000000)
#define SNIFFED_SIZE 4096

struct _PwSource {
  gatomicrefcount refs;
  int fd;
  char *path;
  PwIdentity identity;
};

static gint64
to_ns (const struct timespec *time)
{
  return (gint64) time->tv_sec * NS_PER_SECOND + time->tv_nsec;
}

static void
identity_from_stat (PwIdentity        *identity,
                    const struct stat *st)
{
  *identity = (PwIdentity) {
    .size = (guint64) st->st_size,
    .mtime_ns = to_ns (&st->st_mtim),
    .ctime_ns = to_ns (&st->st_ctim),
    .inode = st->st_ino,
    .device = st->st_dev,
  };
}

/* Where the document portal lends a sandbox what its user chose or dropped. */
static gboolean
is_lent (const char *path)
{
  g_autofree char *folder = g_strconcat (g_get_user_runtime_dir (), "/doc/", NULL);

  return g_str_has_prefix (path, folder);
}

/* Dropped files are lent for one session, and their owner knows them by another path. */
static gboolean
set_lent_error (GError    **error,
                const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);

  g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_VANISHED,
               _("Choose the file “%s” again: it was moved, or was dropped here before the last "
                 "login."), name);

  return FALSE;
}

static gboolean
set_path_error (GError    **error,
                int         code,
                const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (code == ENOENT || code == ENOTDIR || code == ESTALE) {
    if (is_lent (path))
      return set_lent_error (error, path);
    g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_VANISHED,
                 _("The file “%s” is no longer there: it was deleted, moved or renamed, or its "
                   "disk is not connected."), shown);
  } else if (code == EACCES || code == EPERM) {
    g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_UNREADABLE,
                 _("You may not read the file “%s”. Ask its owner for permission."), shown);
  } else {
    g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_UNREADABLE,
                 _("The file “%s” cannot be opened: %s."), shown, g_strerror (code));
  }

  return FALSE;
}

static gboolean
check_is_file (const struct stat *st,
               const char        *path,
               GError           **error)
{
  if (S_ISREG (st->st_mode))
    return TRUE;

  g_autofree char *shown = g_filename_display_name (path);
  if (S_ISDIR (st->st_mode)) {
    g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_NOT_A_FILE,
                 _("“%s” is a folder, not a file."), shown);
  } else if (S_ISFIFO (st->st_mode)) {
    g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_NOT_A_FILE,
                 _("“%s” is a pipe, not a file: it has no size and cannot be read twice."), shown);
  } else if (S_ISSOCK (st->st_mode)) {
    g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_NOT_A_FILE,
                 _("“%s” is a socket, not a file."), shown);
  } else {
    g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_NOT_A_FILE,
                 _("“%s” is a device, not a file."), shown);
  }

  return FALSE;
}

static int
open_file (const char *path,
           GError    **error)
{
  struct stat st;

  /* Asked before opening, because opening alone makes some devices act (a tape rewinds). */
  if (stat (path, &st) != 0) {
    set_path_error (error, errno, path);
    return -1;
  }
  if (!check_is_file (&st, path, error))
    return -1;

  /* And it may have become a FIFO since: O_NONBLOCK never waits for its other end. */
  int fd;
  do {
    fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0)
    set_path_error (error, errno, path);

  return fd;
}

/* How long until the file's times differ from those that a write would leave now; 0 = they do. */
static gint64
get_fresh_ns (const struct stat *st)
{
  struct timespec now;
  gint64 changed_ns = MAX (to_ns (&st->st_mtim), to_ns (&st->st_ctim));

  /* A future mtime (another computer's clock, or set on purpose) says nothing, and will not age. */
  clock_gettime (CLOCK_REALTIME, &now);
  if (changed_ns > to_ns (&now))
    changed_ns = to_ns (&st->st_ctim);
  gint64 age_ns = to_ns (&now) - changed_ns;

  return age_ns >= 0 && age_ns < FRESH_NS ? FRESH_NS - age_ns : 0;
}

/* A write within the same tick of the clock as the one before leaves no trace in the file's times:
 * a file that was written to just now could be changed unseen while it is sent. So let its times
 * age before they count; *is_aged: they did. */
static gboolean
stat_aged (int          fd,
           struct stat *st,
           gboolean    *is_aged)
{
  for (guint i = 0; i <= MAX_WAITS; i++) {
    if (fstat (fd, st) != 0)
      return FALSE;

    gint64 fresh_ns = get_fresh_ns (st);
    *is_aged = fresh_ns == 0;
    if (*is_aged)
      return TRUE;
    /* At least a tick, or the clock would not have moved. */
    if (i < MAX_WAITS)
      g_usleep ((gulong) MAX (fresh_ns, TICK_NS) / 1000 + 1);
  }

  return TRUE;
}

static gboolean
set_changed (GError    **error,
             const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_CHANGED,
               _("The file “%s” was changed while it was being uploaded."), shown);

  return FALSE;
}

gboolean
pw_identity_equal (const PwIdentity *a,
                   const PwIdentity *b)
{
  return pw_identity_equal_but_ctime (a, b) && a->ctime_ns == b->ctime_ns;
}

gboolean
pw_identity_equal_but_ctime (const PwIdentity *a,
                             const PwIdentity *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  return a->size == b->size && a->mtime_ns == b->mtime_ns && a->inode == b->inode
         && a->device == b->device;
}

PwSource *
pw_source_open (const char *path,
                GError    **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  struct stat st;
  gboolean is_aged;
  int fd = open_file (path, error);

  if (fd < 0)
    return NULL;
  if (!stat_aged (fd, &st, &is_aged)) {
    set_path_error (error, errno, path);
    close (fd);
    return NULL;
  }
  if (!is_aged) {
    set_changed (error, path);
    close (fd);
    return NULL;
  }
  if (!check_is_file (&st, path, error)) {
    close (fd);
    return NULL;
  }

  PwSource *self = g_new0 (PwSource, 1);
  g_atomic_ref_count_init (&self->refs);
  self->fd = fd;
  self->path = g_strdup (path);
  identity_from_stat (&self->identity, &st);

  return self;
}

PwSource *
pw_source_ref (PwSource *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
pw_source_unref (PwSource *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  close (self->fd);
  g_free (self->path);
  g_free (self);
}

const PwIdentity *
pw_source_get_identity (PwSource *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->identity;
}

const char *
pw_source_get_path (PwSource *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

gboolean
pw_source_read (PwSource *self,
                guint64   offset,
                void     *buffer,
                gsize     size,
                GError  **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (buffer != NULL || size == 0, FALSE);

  gsize done = 0;

  while (done < size) {
    gssize n = pread (self->fd, (guint8 *) buffer + done, size - done, (off_t) (offset + done));
    if (n > 0) {
      done += (gsize) n;
    } else if (n == 0) {
      return set_changed (error, self->path);
    } else if (errno == ESTALE) {
      return set_path_error (error, errno, self->path);
    } else if (errno != EINTR) {
      int code = errno;
      g_autofree char *shown = g_filename_display_name (self->path);
      g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_READ,
                   _("The disk failed while “%s” was being read: %s."), shown, g_strerror (code));
      return FALSE;
    }
  }

  return TRUE;
}

void
pw_source_will_need (PwSource *self,
                     guint64   offset,
                     guint64   size)
{
  g_return_if_fail (self != NULL);

  /* Only advice: a file system that takes none loses nothing but speed. */
  (void) posix_fadvise (self->fd, (off_t) offset, (off_t) size, POSIX_FADV_WILLNEED);
}

void
pw_source_watch (PwSource *self,
                 guint64   offset,
                 guint64   size)
{
  g_return_if_fail (self != NULL);

  /* A file system that cannot has no better way either. */
  (void) sync_file_range (self->fd, (off64_t) offset, (off64_t) size, SYNC_FILE_RANGE_WRITE);
}

gboolean
pw_source_check (PwSource   *self,
                 PwIdentity *now,
                 GError    **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  struct stat st;
  PwIdentity open_file, named_file;

  /* The open one first: being renamed changes a file's ctime, and is to be told as what it is. */
  if (fstat (self->fd, &st) != 0)
    return set_path_error (error, errno, self->path);
  identity_from_stat (&open_file, &st);

  if (stat (self->path, &st) != 0)
    return set_path_error (error, errno, self->path);
  gboolean is_file = S_ISREG (st.st_mode);
  identity_from_stat (&named_file, &st);
  if (is_file && now != NULL)
    *now = named_file;

  if (!is_file || !pw_identity_equal (&named_file, &self->identity)
      || !pw_identity_equal (&open_file, &self->identity))
    return set_changed (error, self->path);

  return TRUE;
}

char *
pw_source_guess_content_type (PwSource *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  guint8 start[SNIFFED_SIZE];
  gsize size = 0;
  g_autofree char *name = g_path_get_basename (self->path);
  const char *dot = strrchr (name, '.');

  /* What cannot be read will be complained of when it is sent; the name is enough here. */
  if (!dot || dot == name) {
    size = (gsize) MIN (self->identity.size, sizeof start);
    if (!pw_source_read (self, 0, start, size, NULL))
      size = 0;
  }

  g_autofree char *type = g_content_type_guess (name, size > 0 ? start : NULL, size, NULL);
  g_autofree char *mime = g_content_type_get_mime_type (type);
  if (mime == NULL || g_str_equal (mime, "application/x-zerosize"))
    return g_strdup ("application/octet-stream");

  return g_steal_pointer (&mime);
}
