#!/bin/sh
# Records what changes the direct map, with nothing but tracefs. Needs root and x86-64.
#
#   capture.sh start         makes an instance and probes of its own, and begins
#   capture.sh mark NAME     notes the counters of meminfo and vmstat
#   capture.sh stop FILE     ends, saves the trace in a new file, takes all away
#   capture.sh discard       ends, saves nothing, takes all away
#
# What others trace is left alone. docs/capture.md tells what the probes record and what they cannot.
#
# DIRECTMAP_BUFFER_KB is the size of the buffer in all, 65536 if it is not set. DIRECTMAP_TRACING and
# DIRECTMAP_PROC are other places of tracefs and /proc, for tests.
set -eu

tracing=${DIRECTMAP_TRACING:-/sys/kernel/tracing}
proc=${DIRECTMAP_PROC:-/proc}
buffer_kb=${DIRECTMAP_BUFFER_KB:-65536}
group=directmap
instance=$tracing/instances/$group
probes=$tracing/kprobe_events

fail() {
  echo "capture.sh: $1" >&2
  exit 1
}

put() {
  printf '%s\n' "$1" > "$2"
}

# Never ">": opened so, kprobe_events forgets the probes of everybody.
probe() {
  if ! printf '%s\n' "$1" 2>/dev/null >> "$probes"; then
    echo "this kernel has no such probe: $1" >&2
  fi
}

own_probes() {
  sed -n "s|^[a-z0-9]*:\($group/[^ ]*\) .*|\1|p" "$probes"
}

has_event() {
  [ -d "$instance/events/$group/$1" ]
}

switch_off() {
  put 0 "$instance/tracing_on"
  put 0 "$instance/events/enable"
}

# Takes away the instance and the probes, as far as they are there. Goes on where something fails.
remove() {
  left=""
  if [ -d "$instance" ]; then
    switch_off || left="$instance"
    rmdir "$instance" || left="$instance"
  fi
  for event in $(own_probes); do
    printf '%s\n' "-:$event" >> "$probes" || left="$left $event"
  done
  if [ -n "$left" ]; then
    echo "capture.sh: could not be removed: $left; does another program read there?" >&2
    return 1
  fi
}

# What was begun is taken back where something fails, and at a signal.
undo() {
  status=$?
  trap - EXIT HUP INT TERM
  remove || true
  exit "$status"
}

# The mapping of module and BPF memory: 64 page descriptors an argument, 128 an event.
probe_mappings() {
  for f in __vmap_pages_range_noflush vmap_pages_range_noflush vmap_pages_range; do
    grep -q " $f\$" "$proc/kallsyms" || continue
    for first in 0 128 256 384 512 640 768 896; do
      a=$((first * 8))
      b=$((a + 512))
      event=vmap_pages_$first
      probe "p:$group/$event $f addr=%di:x64 end=%si:x64 a=+$a(%cx):x64[64] b=+$b(%cx):x64[64]"
      if has_event "$event"; then
        put 'addr >= 0xffffffffc0000000' "$instance/events/$group/$event/filter"
      fi
    done
    return
  done
}

define_probes() {
  for f in ro rw x nx rox np np_noalias p uc wc wb 4k global nonglobal; do
    probe "p:$group/set_memory_$f set_memory_$f addr=%di:x64 numpages=%si:s32"
  done
  masks='numpages=%si:s32 set=%dx:x64 clr=%cx:x64 force_split=%r8:s32 flags=%r9:x32'
  probe "p:$group/change_page_attr_set_clr change_page_attr_set_clr addr=+0(%di):x64 $masks"
  for f in invalid default; do
    probe "p:$group/set_direct_map_${f}_noflush set_direct_map_${f}_noflush page=%di:x64"
  done
  f=set_direct_map_valid_noflush
  probe "p:$group/$f $f page=%di:x64 nr=%si:u32 valid=%dx:u8"
  probe "p:$group/execmem_alloc execmem_alloc type=%di:u32 size=%si:u64"
  # shellcheck disable=SC2016
  probe "r:$group/execmem_alloc_ret execmem_alloc "'ptr=$retval:x64'
  probe "p:$group/execmem_free execmem_free ptr=%di:x64"
  probe_mappings
}

check_start() {
  case $buffer_kb in
    '' | *[!0-9]*) fail "DIRECTMAP_BUFFER_KB=$buffer_kb is no number of KiB" ;;
  esac
  if [ ! -e "$probes" ]; then
    fail "$probes is not there: mount tracefs, or boot a kernel with CONFIG_KPROBE_EVENTS
  mount -t tracefs nodev $tracing"
  fi
  [ -w "$probes" ] || fail "$probes cannot be written; run this as root"
  if [ -d "$instance" ] || [ -n "$(own_probes)" ]; then
    fail "a recording is under way, or was left: stop FILE saves it, discard takes it away"
  fi
}

start() {
  check_start
  trap undo EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  mkdir "$instance"
  put 0 "$instance/tracing_on"
  # The kernel takes the size for each CPU.
  set -- "$instance"/per_cpu/cpu*
  put $(((buffer_kb + $# - 1) / $#)) "$instance/buffer_size_kb"
  define_probes
  has_event change_page_attr_set_clr ||
    fail "this kernel cannot probe change_page_attr_set_clr: nothing could be recorded"
  put 1 "$instance/events/$group/enable"
  for event in module_load module_free; do
    [ ! -d "$instance/events/module/$event" ] || put 1 "$instance/events/module/$event/enable"
  done
  put 1 "$instance/tracing_on"
  put "kernel $(uname -r)" "$instance/trace_marker"
  mark start
  trap - EXIT HUP INT TERM
}

check_started() {
  [ -d "$instance" ] || fail "nothing is recorded; start begins"
}

mark() {
  case $1 in
    '' | *[!A-Za-z0-9_.-]*) fail "a mark is a word of letters, digits, _, . and -" ;;
  esac
  counters=$(
    grep '^DirectMap' "$proc/meminfo" | tr -d ' ' | tr ':\n' '= '
    grep '^direct_map_level' "$proc/vmstat" | tr ' \n' '= '
  )
  put "$1 $counters" "$instance/trace_marker"
}

stop() {
  # A name that is free: nothing is replaced, and no link is followed.
  if [ -e "$1" ] || [ -L "$1" ]; then fail "$1 exists; give a new name"; fi
  if [ "$(cat "$instance/tracing_on")" != 0 ]; then mark end; fi
  switch_off
  kept="the trace is kept, switched off: stop FILE saves it, discard takes it away"
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  status=0
  (
    set -C
    exec 3> "$1" || exit 3
    trap 'rm -f -- "$1"; exit 5' HUP INT TERM
    cat "$instance/trace" >&3 || exit 4
  ) || status=$?
  case $status in
    0) remove ;;
    4)
      rm -f -- "$1"
      fail "$1 could not be written whole; is the disk full? $kept"
      ;;
    5) fail "interrupted; $kept" ;;
    *) fail "$1 cannot be made; $kept" ;;
  esac
}

case "${1-}:$#" in
  start:1) start ;;
  mark:2)
    check_started
    mark "$2"
    ;;
  stop:2)
    check_started
    stop "$2"
    ;;
  discard:1) remove ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
