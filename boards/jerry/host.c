/*
 * A C program that runs the firmware on JerryScript: gives it the HAL, opens its connections,
 * calls `tick`. For a POSIX system and plain TCP; on a chip the functions of the HAL are the
 * chip's (README.md).
 *
 *   host SCRIPT FLASH JID HOST PORT [COMPONENT]       the password is THING_PASSWORD
 *
 * A line "press" on standard input presses the button for 200 ms, "status" prints the status and
 * the heap; the end of input ends the program.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "hash.h"
#include "jerryscript.h"

#define PAGE_BYTES 4096
#define PAGES 16
#define TICK_MS 40
#define PRESS_MS 200
#define WINDOW_BYTES 4096

static jerry_value_t device;
static int flash_file;
static int sock = -1;
static double number;          /* of the connection */
static bool is_connecting, was_full, is_over;
static uint8_t outbound[WINDOW_BYTES];
static size_t waiting;
static double pressed_until;

static double now_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000.0 + now.tv_nsec / 1000000;
}

/* --- octet strings: one character for each octet, which in UTF-8 is one octet or two --- */

static jerry_value_t text_of (const uint8_t *octets, size_t count)
{
  uint8_t *utf8 = malloc (2 * count + 1);
  size_t made = 0;
  for (size_t i = 0; i < count; i++)
  {
    if (octets[i] >= 0x80) utf8[made++] = (uint8_t) (0xc0 | octets[i] >> 6);
    utf8[made++] = octets[i] >= 0x80 ? (uint8_t) (0x80 | (octets[i] & 0x3f)) : octets[i];
  }
  jerry_value_t text = jerry_string (utf8, (jerry_size_t) made, JERRY_ENCODING_UTF8);
  free (utf8);
  return text;
}

/* To be freed by the caller. */
static uint8_t *octets_of (jerry_value_t text, size_t *count)
{
  jerry_size_t size = jerry_string_size (text, JERRY_ENCODING_UTF8);
  uint8_t *octets = malloc (size + 1);
  size_t made = 0;
  jerry_string_to_buffer (text, JERRY_ENCODING_UTF8, octets, size);
  for (size_t i = 0; i < size; i++)
  {
    uint8_t one = octets[i];
    octets[made++] = one < 0x80 ? one : (uint8_t) (one << 6 | (octets[++i] & 0x3f));
  }
  octets[made] = 0;
  *count = made;
  return octets;
}

/* --- the HAL: what the script calls --- */

#define GIVE(name)                                                                              \
  static jerry_value_t name (const jerry_call_info_t *info, const jerry_value_t args[],          \
                             const jerry_length_t args_count)
#define UNUSED() (void) info, (void) args, (void) args_count
#define INT(i) ((int) jerry_value_as_number (args[i]))

GIVE (hal_now_ms) { UNUSED (); return jerry_number (now_ms ()); }
GIVE (hal_utc_ms) { UNUSED (); return jerry_number ((double) time (NULL) * 1000); }
GIVE (hal_is_up) { UNUSED (); return jerry_boolean (true); }
GIVE (hal_button) { UNUSED (); return jerry_boolean (now_ms () < pressed_until); }

GIVE (hal_random)
{
  UNUSED ();
  uint8_t octets[256];
  size_t count = (size_t) INT (0);
  FILE *source = fopen ("/dev/urandom", "rb");
  if (!source || count > sizeof octets || fread (octets, 1, count, source) != count) abort ();
  fclose (source);
  return text_of (octets, count);
}

GIVE (hal_flash_read)
{
  UNUSED ();
  uint8_t octets[PAGE_BYTES];
  size_t count = (size_t) INT (2);
  if (count > sizeof octets) abort ();
  off_t at = (off_t) INT (0) * PAGE_BYTES + INT (1);
  if (pread (flash_file, octets, count, at) != (ssize_t) count) abort ();
  return text_of (octets, count);
}

/* As NOR flash does it: bits can only be cleared. */
GIVE (hal_flash_write)
{
  UNUSED ();
  size_t count;
  uint8_t before[PAGE_BYTES], *octets = octets_of (args[2], &count);
  off_t at = (off_t) INT (0) * PAGE_BYTES + INT (1);
  bool done = count <= sizeof before && pread (flash_file, before, count, at) == (ssize_t) count;
  for (size_t i = 0; done && i < count; i++) octets[i] &= before[i];
  done = done && pwrite (flash_file, octets, count, at) == (ssize_t) count;
  free (octets);
  return jerry_boolean (done);
}

GIVE (hal_flash_erase)
{
  UNUSED ();
  uint8_t blank[PAGE_BYTES];
  memset (blank, 0xff, sizeof blank);
  off_t at = (off_t) INT (0) * PAGE_BYTES;
  return jerry_boolean (pwrite (flash_file, blank, sizeof blank, at) == (ssize_t) sizeof blank);
}

GIVE (hal_hash)
{
  UNUSED ();
  size_t count;
  uint8_t into[HASH_OCTETS_MAX], *octets = octets_of (args[1], &count);
  hash (INT (0), octets, count, into);
  free (octets);
  return text_of (into, (size_t) INT (0));
}

GIVE (hal_hmac)
{
  UNUSED ();
  size_t count, key_count;
  uint8_t into[HASH_OCTETS_MAX], *key = octets_of (args[1], &key_count);
  uint8_t *octets = octets_of (args[2], &count);
  hmac (INT (0), key, key_count, octets, count, into);
  free (key);
  free (octets);
  return text_of (into, (size_t) INT (0));
}

GIVE (hal_pbkdf2)
{
  UNUSED ();
  size_t count, salt_count;
  uint8_t into[HASH_OCTETS_MAX], *password = octets_of (args[1], &count);
  uint8_t *salt = octets_of (args[2], &salt_count);
  pbkdf2 (INT (0), password, count, salt, salt_count, (unsigned) INT (3), into);
  free (password);
  free (salt);
  return text_of (into, (size_t) INT (0));
}

GIVE (hal_base64)
{
  UNUSED ();
  size_t count;
  uint8_t *octets = octets_of (args[0], &count), *into = malloc (count / 3 * 4 + 5);
  jerry_value_t text = text_of (into, base64 (octets, count, into));
  free (octets);
  free (into);
  return text;
}

GIVE (hal_unbase64)
{
  UNUSED ();
  size_t count;
  uint8_t *text = octets_of (args[0], &count), *into = malloc (count + 1);
  jerry_value_t octets = text_of (into, unbase64 (text, count, into));
  free (text);
  free (into);
  return octets;
}

GIVE (hal_crc32)
{
  UNUSED ();
  size_t count;
  uint8_t *octets = octets_of (args[0], &count);
  uint32_t crc = crc32 (octets, count);
  free (octets);
  return jerry_number (crc);
}

/* Never blocks but for the name; what becomes of it is told from the loop. */
GIVE (hal_connect)
{
  UNUSED ();
  size_t count;
  char *host = (char *) octets_of (args[1], &count), port[8];
  snprintf (port, sizeof port, "%d", INT (2));
  struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
  if (sock >= 0) close (sock);
  sock = -1;
  number = jerry_value_as_number (args[0]);
  is_connecting = true;
  waiting = 0;
  was_full = is_over = false;
  if (!jerry_value_is_true (args[3]) && getaddrinfo (host, port, &hints, &found) == 0)
  {
    sock = socket (found->ai_family, found->ai_socktype, found->ai_protocol);
    fcntl (sock, F_SETFL, O_NONBLOCK);
    int failed = connect (sock, found->ai_addr, found->ai_addrlen) < 0 && errno != EINPROGRESS;
    if (failed) { close (sock); sock = -1; }
    freeaddrinfo (found);
  }
  is_over = sock < 0;
  free (host);
  return jerry_undefined ();
}

GIVE (hal_writable)
{
  UNUSED ();
  bool is_open = sock >= 0 && !is_connecting && jerry_value_as_number (args[0]) == number;
  return jerry_number (is_open ? (double) (WINDOW_BYTES - waiting) : 0);
}

GIVE (hal_write)
{
  UNUSED ();
  size_t count;
  uint8_t *octets = octets_of (args[1], &count);
  if (jerry_value_as_number (args[0]) == number && waiting + count <= WINDOW_BYTES)
  {
    memcpy (outbound + waiting, octets, count);
    waiting += count;
    was_full = true;
  }
  free (octets);
  return jerry_undefined ();
}

GIVE (hal_close)
{
  UNUSED ();
  if (jerry_value_as_number (args[0]) != number || sock < 0) return jerry_undefined ();
  if (waiting > 0 && !is_connecting && write (sock, outbound, waiting) < 0) waiting = 0;
  close (sock);
  sock = -1;
  return jerry_undefined ();
}

GIVE (hal_led) { UNUSED (); printf ("led %d\n", jerry_value_is_true (args[0])); return jerry_undefined (); }
GIVE (hal_sense) { UNUSED (); return jerry_number (21.5); }

GIVE (hal_relay)
{
  UNUSED ();
  size_t count;
  char *node = (char *) octets_of (args[0], &count);
  printf ("%s %d\n", node, jerry_value_is_true (args[2]));
  free (node);
  return jerry_undefined ();
}

GIVE (hal_restart) { UNUSED (); exit (3); }

/* --- the object that the script is given --- */

static void set (jerry_value_t object, const char *name, jerry_value_t value)
{
  jerry_value_free (jerry_object_set_sz (object, name, value));
  jerry_value_free (value);
}

static void set_text (jerry_value_t object, const char *name, const char *text)
{
  set (object, name, text_of ((const uint8_t *) text, strlen (text)));
}

static const struct { const char *name; jerry_external_handler_t run; } FUNCTIONS[] = {
  { "nowMs", hal_now_ms }, { "utcMs", hal_utc_ms }, { "random", hal_random },
  { "flashRead", hal_flash_read }, { "flashWrite", hal_flash_write },
  { "flashErase", hal_flash_erase }, { "hash", hal_hash }, { "hmac", hal_hmac },
  { "pbkdf2", hal_pbkdf2 }, { "base64", hal_base64 }, { "unbase64", hal_unbase64 },
  { "crc32", hal_crc32 }, { "isUp", hal_is_up }, { "connect", hal_connect },
  { "writable", hal_writable }, { "write", hal_write }, { "close", hal_close },
  { "led", hal_led }, { "button", hal_button }, { "sense", hal_sense }, { "relay", hal_relay },
  { "restart", hal_restart },
};

/* What a board has is data, and shortest as JSON. The degree sign is two octets, as on the wire. */
static const char NODES[] =
  "[{\"nodeId\":\"sensor\",\"sensors\":[{\"name\":\"Temperature\",\"unit\":\"\\u00c2\\u00b0C\","
  "\"decimals\":1}]},{\"nodeId\":\"relay1\",\"relays\":[{\"name\":\"Output\"}]}]";

static jerry_value_t create_hal (char **args, int count)
{
  jerry_value_t hal = jerry_object (), settings = jerry_object ();
  for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0]; i++)
  {
    set (hal, FUNCTIONS[i].name, jerry_function_external (FUNCTIONS[i].run));
  }
  set (hal, "pages", jerry_number (PAGES));
  set (hal, "pageBytes", jerry_number (PAGE_BYTES));
  set (hal, "nodes", jerry_json_parse ((const jerry_char_t *) NODES, sizeof NODES - 1));
  set_text (settings, "jid", args[3]);
  set_text (settings, "password", getenv ("THING_PASSWORD") ? getenv ("THING_PASSWORD") : "");
  set_text (settings, "host", args[4]);
  set (settings, "port", jerry_number (atoi (args[5])));
  set (settings, "secure", jerry_boolean (false));
  set_text (settings, "provisioning", count > 6 ? args[6] : "");
  set (hal, "settings", settings);
  return hal;
}

/* --- the loop --- */

/* Frees the arguments. A script that throws is a bug: it is shown, and the device goes on. */
static jerry_value_t call (jerry_value_t object, const char *name, const jerry_value_t *args,
                           size_t count)
{
  jerry_value_t function = jerry_object_get_sz (object, name);
  jerry_value_t result = jerry_call (function, object, args, (jerry_size_t) count);
  if (jerry_value_is_exception (result))
  {
    jerry_value_t error = jerry_exception_value (result, true), text = jerry_value_to_string (error);
    size_t length;
    uint8_t *octets = octets_of (text, &length);
    fprintf (stderr, "fault in %s: %s\n", name, octets);
    free (octets);
    jerry_value_free (text);
    jerry_value_free (error);
    result = jerry_undefined ();
  }
  jerry_value_free (function);
  for (size_t i = 0; i < count; i++) jerry_value_free (args[i]);
  return result;
}

static void tell (const char *name, jerry_value_t second)
{
  jerry_value_t args[] = { jerry_number (number), second };
  jerry_value_free (call (device, name, args, 2));
}

static void lost (const char *why)
{
  if (sock >= 0) close (sock);
  sock = -1;
  is_over = false;
  tell ("closed", text_of ((const uint8_t *) why, strlen (why)));
}

static void serve_socket (short events)
{
  if (is_connecting)
  {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt (sock, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) { lost (strerror (error)); return; }
    is_connecting = false;
    tell ("opened", jerry_undefined ());
    return;
  }
  if (events & (POLLIN | POLLHUP | POLLERR))
  {
    uint8_t octets[1024];
    ssize_t count = read (sock, octets, sizeof octets);
    if (count <= 0 && errno != EAGAIN) { lost ("closed by the server"); return; }
    if (count > 0) tell ("received", text_of (octets, (size_t) count));
  }
  if (sock >= 0 && waiting > 0)
  {
    ssize_t count = write (sock, outbound, waiting);
    if (count > 0) memmove (outbound, outbound + count, waiting -= (size_t) count);
  }
  if (sock >= 0 && waiting == 0 && was_full)
  {
    was_full = false;
    tell ("drained", jerry_undefined ());
  }
}

static void show (void)
{
  jerry_heap_stats_t heap = { 0 };
  jerry_value_t status = call (device, "status", NULL, 0), text = jerry_json_stringify (status);
  size_t count;
  uint8_t *octets = octets_of (text, &count);
  jerry_heap_gc (JERRY_GC_PRESSURE_HIGH);
  bool is_known = jerry_heap_stats (&heap);
  printf ("status %s\n", octets);
  if (is_known)
  {
    printf ("heap %zu now, %zu at its peak, of %zu\n", heap.allocated_bytes,
            heap.peak_allocated_bytes, heap.size);
  }
  free (octets);
  jerry_value_free (text);
  jerry_value_free (status);
}

/* False at the end of input. */
static bool obey (void)
{
  char line[64];
  ssize_t count = read (STDIN_FILENO, line, sizeof line - 1);
  if (count <= 0) return false;
  line[count] = 0;
  if (strstr (line, "press")) pressed_until = now_ms () + PRESS_MS;
  if (strstr (line, "status")) show ();
  return true;
}

static void run (void)
{
  for (bool goes_on = true; goes_on;)
  {
    jerry_value_t now = jerry_number (now_ms ());
    jerry_value_free (call (device, "tick", &now, 1));
    bool wants_out = waiting > 0 || is_connecting;
    struct pollfd both[] = {
      { .fd = STDIN_FILENO, .events = POLLIN },
      { .fd = sock, .events = (short) (POLLIN | (wants_out ? POLLOUT : 0)) },
    };
    if (is_over) lost ("no connection");
    else if (poll (both, 2, was_full && waiting == 0 ? 0 : TICK_MS) >= 0)
    {
      if (sock >= 0 && (both[1].revents || was_full)) serve_socket (both[1].revents);
      if (both[0].revents) goes_on = obey ();
    }
    fflush (stdout);
  }
}

static void open_flash (const char *path)
{
  flash_file = open (path, O_RDWR | O_CREAT, 0600);
  if (flash_file < 0) { perror (path); exit (1); }
  uint8_t blank[PAGE_BYTES];
  memset (blank, 0xff, sizeof blank);
  for (off_t at = lseek (flash_file, 0, SEEK_END); at < PAGES * PAGE_BYTES; at += PAGE_BYTES)
  {
    if (pwrite (flash_file, blank, sizeof blank, at) < 0) { perror (path); exit (1); }
  }
}

static void load (const char *path)
{
  FILE *file = fopen (path, "rb");
  if (!file) { perror (path); exit (1); }
  fseek (file, 0, SEEK_END);
  size_t size = (size_t) ftell (file);
  rewind (file);
  jerry_char_t *script = malloc (size);
  if (fread (script, 1, size, file) != size) exit (1);
  fclose (file);
  jerry_value_t made = jerry_eval (script, size, JERRY_PARSE_NO_OPTS);
  free (script);
  if (jerry_value_is_exception (made)) { fprintf (stderr, "the script is no script\n"); exit (1); }
  jerry_value_free (made);
}

int main (int count, char **args)
{
  if (count < 6) { fprintf (stderr, "usage: host SCRIPT FLASH JID HOST PORT [COMPONENT]\n"); return 2; }
  open_flash (args[2]);
  jerry_init (JERRY_INIT_EMPTY);
  load (args[1]);
  jerry_value_t realm = jerry_current_realm ();
  jerry_value_t thingward = jerry_object_get_sz (realm, "thingward");
  jerry_value_t hal = create_hal (args, count);
  device = call (thingward, "create", &hal, 1);
  if (!jerry_value_is_object (device)) return 1;
  run ();
  jerry_value_free (device);
  jerry_value_free (thingward);
  jerry_value_free (realm);
  jerry_cleanup ();
  return 0;
}
