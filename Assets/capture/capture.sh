#!/bin/sh
# Records what changes the direct map, with nothing but tracefs. Needs root and x86-64.
#
#   capture.sh start         defines the probes and begins
#   capture.sh mark NAME     notes the counters of meminfo and vmstat
#   capture.sh stop FILE     ends, saves the trace, takes the probes away
#
# docs/capture.md tells what the probes record and what they cannot.
T=/sys/kernel/tracing
if [ ! -e $T/trace ]; then mount -t tracefs nodev $T || exit 1; fi

probe() {
  echo "$1" >> $T/kprobe_events 2>/dev/null || echo "this kernel has no such probe: $1" >&2
}

remove() {
  [ -d $T/events/dm ] && echo 0 > $T/events/dm/enable
  for event in module_load module_free; do echo 0 > $T/events/module/$event/enable; done
  [ -d $T/events/dm ] || return 0
  for event in $T/events/dm/*/; do
    echo "-:dm/$(basename "$event")" >> $T/kprobe_events
  done
}

# The mapping of module and BPF memory: 64 page descriptors an argument, 128 an event.
probe_mappings() {
  for f in __vmap_pages_range_noflush vmap_pages_range_noflush vmap_pages_range; do
    grep -q " $f\$" /proc/kallsyms || continue
    for first in 0 128 256 384 512 640 768 896; do
      a=$((first * 8))
      b=$((a + 512))
      event=vmap_pages_$first
      probe "p:dm/$event $f addr=%di:x64 end=%si:x64 a=+$a(%cx):x64[64] b=+$b(%cx):x64[64]"
      if [ -d $T/events/dm/$event ]; then
        echo 'addr >= 0xffffffffc0000000' > $T/events/dm/$event/filter
      fi
    done
    return
  done
}

start() {
  echo 0 > $T/tracing_on
  remove
  for f in ro rw x nx rox np np_noalias p uc wc wb 4k global nonglobal; do
    probe "p:dm/set_memory_$f set_memory_$f addr=%di:x64 numpages=%si:s32"
  done
  masks='numpages=%si:s32 set=%dx:x64 clr=%cx:x64 force_split=%r8:s32 flags=%r9:x32'
  probe "p:dm/change_page_attr_set_clr change_page_attr_set_clr addr=+0(%di):x64 $masks"
  for f in invalid default; do
    probe "p:dm/set_direct_map_${f}_noflush set_direct_map_${f}_noflush page=%di:x64"
  done
  f=set_direct_map_valid_noflush
  probe "p:dm/$f $f page=%di:x64 nr=%si:u32 valid=%dx:u8"
  probe 'p:dm/execmem_alloc execmem_alloc type=%di:u32 size=%si:u64'
  probe 'r:dm/execmem_alloc_ret execmem_alloc ptr=$retval:x64'
  probe 'p:dm/execmem_free execmem_free ptr=%di:x64'
  probe_mappings
  echo 65536 > $T/buffer_size_kb
  echo nop > $T/current_tracer
  echo > $T/trace
  echo 1 > $T/events/dm/enable
  for event in module_load module_free; do echo 1 > $T/events/module/$event/enable; done
  echo 1 > $T/tracing_on
  echo "kernel $(uname -r)" > $T/trace_marker
  mark start
}

mark() {
  counters=$(
    grep '^DirectMap' /proc/meminfo | tr -d ' ' | tr ':\n' '= '
    grep '^direct_map_level' /proc/vmstat | tr ' \n' '= '
  )
  echo "$1 $counters" > $T/trace_marker
}

stop() {
  mark end
  echo 0 > $T/tracing_on
  cat $T/trace > "$1" && remove
}

case "$1:$#" in
  start:1) start ;;
  mark:2) mark "$2" ;;
  stop:2) stop "$2" ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
