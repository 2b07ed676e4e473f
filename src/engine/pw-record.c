/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-record.h"

#include "engine/pw-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _PwRecord {
  int fd;
  char *path;
  guint64 length;               /* of what counts */
  gboolean has_rest;            /* something that does not count may stand behind it */
};

static gboolean
set_error (GError    **error,
           int         code,
           const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (code == ENOSPC || code == EDQUOT || code == EFBIG) {
    g_set_error (error, PW_ERROR, PW_ERROR_JOURNAL,
                 _("There is no room left on the disk that holds “%s”, the record of unfinished "
                   "uploads (%s)."), shown, g_strerror (code));
  } else {
    g_set_error (error, PW_ERROR, PW_ERROR_JOURNAL,
                 _("The record of unfinished uploads “%s” cannot be used: %s."),
                 shown, g_strerror (code));
  }

  return FALSE;
}

/* 0, or an errno; EAGAIN: somebody else owns it. */
static int
lock (int      fd,
      gboolean wait)
{
  struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  while (fcntl (fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, &all) != 0) {
    if (errno != EINTR)
      return errno == EACCES ? EAGAIN : errno;
  }

  return 0;
}

/* Between opening and locking, the owner before us may have deleted or renamed the file. */
static gboolean
is_still_there (int         fd,
                const char *path)
{
  struct stat open_file, named_file;

  return fstat (fd, &open_file) == 0 && lstat (path, &named_file) == 0
         && open_file.st_dev == named_file.st_dev && open_file.st_ino == named_file.st_ino;
}

static PwRecord *
record_new (int         fd,
            const char *path)
{
  PwRecord *self = g_new0 (PwRecord, 1);

  self->fd = fd;
  self->path = g_strdup (path);

  return self;
}

static int
sync_folder (const char *path)
{
  g_autofree char *dir = g_path_get_dirname (path);
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return errno;
  int code = fsync (fd) == 0 ? 0 : errno;
  close (fd);

  /* Some file systems cannot, and need not. */
  return code == EINVAL || code == ENOTSUP ? 0 : code;
}

static gboolean
cut_rest (PwRecord *self)
{
  if (self->has_rest && ftruncate (self->fd, (off_t) self->length) == 0)
    self->has_rest = FALSE;

  return !self->has_rest;
}

static char *
read_all (int         fd,
          const char *path,
          gsize      *length,
          GError    **error)
{
  struct stat st;

  if (fstat (fd, &st) != 0) {
    set_error (error, errno, path);
    return NULL;
  }
  char *text = g_try_malloc ((gsize) st.st_size + 1);
  if (text == NULL) {
    set_error (error, ENOMEM, path);
    return NULL;
  }

  gsize done = 0;
  while (done < (gsize) st.st_size) {
    gssize n = pread (fd, text + done, (gsize) st.st_size - done, (off_t) done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      set_error (error, errno, path);
      g_free (text);
      return NULL;
    }
    if (n == 0)
      break;
    done += (gsize) n;
  }
  text[done] = '\0';
  *length = done;

  return text;
}

PwRecord *
pw_record_create (const char *path,
                  GError    **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  while (TRUE) {
    int fd = open (path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
      set_error (error, errno, path);
      return NULL;
    }
    /* Somebody who lists the folder may have locked the empty file first; they delete it then. */
    int code = lock (fd, TRUE);
    if (code == 0 && !is_still_there (fd, path)) {
      close (fd);
      continue;
    }
    if (code == 0)
      code = sync_folder (path);
    if (code == 0)
      return record_new (fd, path);

    unlink (path);
    close (fd);
    set_error (error, code, path);
    return NULL;
  }
}

PwRecord *
pw_record_open (const char *path,
                GError    **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  while (TRUE) {
    int fd = open (path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
      set_error (error, errno, path);
      return NULL;
    }
    int code = lock (fd, FALSE);
    if (code == 0 && is_still_there (fd, path))
      return record_new (fd, path);

    close (fd);
    if (code == 0)
      continue;
    if (code == EAGAIN) {
      g_set_error_literal (error, PW_ERROR, PW_ERROR_LOCKED, pw_error_get_title (PW_ERROR_LOCKED));
    } else {
      set_error (error, code, path);
    }
    return NULL;
  }
}

void
pw_record_close (PwRecord *self)
{
  if (self == NULL)
    return;

  close (self->fd);
  g_free (self->path);
  g_free (self);
}

char *
pw_record_read (PwRecord *self,
                gsize    *length,
                GError  **error)
{
  g_return_val_if_fail (self != NULL && length != NULL, NULL);

  char *text = read_all (self->fd, self->path, length, error);
  if (text != NULL) {
    self->length = *length;
    self->has_rest = FALSE;
  }

  return text;
}

void
pw_record_keep (PwRecord *self,
                guint64   length)
{
  g_return_if_fail (self != NULL && length <= self->length);

  self->has_rest = self->has_rest || length < self->length;
  self->length = length;
}

gboolean
pw_record_append (PwRecord   *self,
                  const char *lines,
                  gsize       length,
                  gboolean    sync,
                  GError    **error)
{
  g_return_val_if_fail (self != NULL && lines != NULL, FALSE);

  /* A rest that cannot be cut off would make one damaged line of itself and what follows. */
  if (!cut_rest (self))
    return set_error (error, errno, self->path);

  gsize done = 0;
  while (done < length) {
    gssize n = write (self->fd, lines + done, length - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      int code = n < 0 ? errno : ENOSPC;
      self->has_rest = done > 0;
      cut_rest (self);
      return set_error (error, code, self->path);
    }
    done += (gsize) n;
  }

  if (sync && fdatasync (self->fd) != 0) {
    int code = errno;
    self->has_rest = TRUE;
    cut_rest (self);
    return set_error (error, code, self->path);
  }
  self->length += length;

  return TRUE;
}

gboolean
pw_record_sync (PwRecord *self,
                GError  **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return fdatasync (self->fd) == 0 || set_error (error, errno, self->path);
}

gboolean
pw_record_delete (PwRecord *self,
                  GError  **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return unlink (self->path) == 0 || set_error (error, errno, self->path);
}

gboolean
pw_record_set_aside (PwRecord *self,
                     GError  **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  g_autofree char *aside = g_strconcat (self->path, ".bad", NULL);

  return rename (self->path, aside) == 0 || set_error (error, errno, self->path);
}

char *
pw_record_peek (const char *path,
                gsize      *length,
                gboolean   *is_owned,
                GError    **error)
{
  g_return_val_if_fail (path != NULL && length != NULL && is_owned != NULL, NULL);

  struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

  if (fd < 0) {
    set_error (error, errno, path);
    return NULL;
  }
  gboolean owned = fcntl (fd, F_OFD_GETLK, &all) == 0 && all.l_type != F_UNLCK;
  char *text = read_all (fd, path, length, error);
  close (fd);
  if (text != NULL)
    *is_owned = owned;

  return text;
}

gboolean
pw_record_make_folder (const char *dir,
                       GError    **error)
{
  g_return_val_if_fail (dir != NULL, FALSE);

  if (g_file_test (dir, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (g_mkdir_with_parents (dir, 0700) != 0)
    return set_error (error, errno, dir);
  sync_folder (dir);

  return TRUE;
}

GPtrArray *
pw_record_list (const char *dir,
                const char *suffix,
                GError    **error)
{
  g_return_val_if_fail (dir != NULL && suffix != NULL, NULL);

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GDir) folder = g_dir_open (dir, 0, &local_error);
  const char *name;

  if (folder == NULL && g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_steal_pointer (&names);
  if (folder == NULL) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_JOURNAL, local_error->message);
    return NULL;
  }

  while ((name = g_dir_read_name (folder)) != NULL) {
    if (!g_str_has_suffix (name, suffix))
      continue;
    char *id = g_strndup (name, strlen (name) - strlen (suffix));
    if (pw_record_is_id (id))
      g_ptr_array_add (names, id);
    else
      g_free (id);
  }

  return g_steal_pointer (&names);
}

gboolean
pw_record_is_id (const char *id)
{
  gsize length = id != NULL ? strlen (id) : 0;

  if (length == 0 || length > 64)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (id[i]) && id[i] != '-' && id[i] != '_')
      return FALSE;
  }

  return TRUE;
}
