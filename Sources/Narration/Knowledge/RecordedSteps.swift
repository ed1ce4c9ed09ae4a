// Counted from Assets/recordings and Assets/workloads: `RECORD=all swift test --filter KnowledgeTests` writes
// the rows again. One a call: under which kernel or patch in how many files how many times.

extension RecordedCalls {
  static let rows = """
    (files) aaronlu-2022:38:38 edgecombe-2021:36:36 hyeyoo-count-2022:21:21 linux-6.1:43:43 linux-6.1-arm64:35:35 linux-6.12:90:90 linux-6.12-arm64:41:41 linux-6.18:8:8 linux-6.18-arm64:1:1 linux-7.0:8:8 linux-7.0-arm64:50:50 linux-7.1:7:7 linux-7.1-arm64:1:1 linux-7.2:93:93 linux-7.2-arm64:1:1 linux-7.2.6:7:7 linux-7.3:7:7 linux-7.3-arm64:4:4 merge-on-free:23:23 merge-on-free-checked:4:4 merge-on-free-literal:23:23 merge-on-free-literal-checked:2:2 unmapped-2022:27:27
    _set_memory_wt linux-6.18:1:6 linux-7.0:1:6 linux-7.1:1:6 linux-7.2.6:1:6 linux-7.3:1:6
    add_memory linux-6.1-arm64:1:1 linux-6.12-arm64:1:1
    alloc_pages linux-6.1:1:7 merge-on-free:21:154 merge-on-free-checked:4:50 merge-on-free-literal:21:158 merge-on-free-literal-checked:2:7 unmapped-2022:21:152
    boot linux-6.1:3:3 linux-6.1-arm64:35:35 linux-6.12:9:9 linux-6.12-arm64:41:41 linux-6.18-arm64:1:1 linux-7.0-arm64:50:50 linux-7.1-arm64:1:1 linux-7.2:10:10 linux-7.2-arm64:1:1 linux-7.3-arm64:4:4
    bpf free linux-6.1:2:2 merge-on-free:1:2 merge-on-free-literal:1:2 unmapped-2022:3:4
    bpf load linux-6.1:2:2 merge-on-free:1:3 merge-on-free-literal:1:3 unmapped-2022:3:5
    cpu_node edgecombe-2021:5:11
    drain linux-6.1:2:2 merge-on-free:23:217 merge-on-free-checked:4:41 merge-on-free-literal:23:205 merge-on-free-literal-checked:2:6 unmapped-2022:23:206
    drop_slab edgecombe-2021:3:4
    exit_mmap linux-6.12:2:7 linux-7.2:2:7
    free_pages merge-on-free:21:156 merge-on-free-checked:4:49 merge-on-free-literal:21:160 merge-on-free-literal-checked:2:6 unmapped-2022:19:145
    module load linux-6.1:2:3 merge-on-free:5:11 merge-on-free-checked:2:3 merge-on-free-literal:6:14 unmapped-2022:8:13
    module unload linux-6.1:2:3 merge-on-free:5:11 merge-on-free-checked:2:3 merge-on-free-literal:6:14 unmapped-2022:8:13
    munmap linux-6.12:2:24 linux-7.2:2:24
    policy edgecombe-2021:3:10
    reclaim edgecombe-2021:7:34
    secretmem fault linux-6.1:2:12 merge-on-free:3:7 merge-on-free-checked:2:4 merge-on-free-literal:4:11 unmapped-2022:7:23
    secretmem release linux-6.1:2:12 merge-on-free:3:7 merge-on-free-checked:2:4 merge-on-free-literal:4:11 unmapped-2022:7:23
    set_direct_map_default_noflush aaronlu-2022:13:118 hyeyoo-count-2022:11:76 linux-6.1:24:173 linux-6.1-arm64:2:2 linux-6.12:21:136 linux-6.12-arm64:2:2 linux-6.18-arm64:1:1 linux-7.0-arm64:1:1 linux-7.1-arm64:1:1 linux-7.2:21:136 linux-7.2-arm64:1:1 linux-7.3-arm64:3:3
    set_direct_map_invalid_noflush aaronlu-2022:13:120 hyeyoo-count-2022:13:71 linux-6.1:10:71 linux-6.1-arm64:2:2 linux-6.12:18:110 linux-6.12-arm64:2:2 linux-6.18:1:3 linux-6.18-arm64:1:1 linux-7.0:1:3 linux-7.0-arm64:1:1 linux-7.1:1:3 linux-7.1-arm64:1:1 linux-7.2:19:111 linux-7.2-arm64:1:1 linux-7.2.6:1:3 linux-7.3:1:3 linux-7.3-arm64:3:3
    set_direct_map_valid_noflush linux-6.1:4:9 linux-6.12:14:173 linux-6.18:1:5 linux-6.18-arm64:1:3 linux-7.0:1:5 linux-7.0-arm64:1:3 linux-7.1:1:5 linux-7.1-arm64:1:3 linux-7.2:14:173 linux-7.2-arm64:1:3 linux-7.2.6:1:5 linux-7.3:1:5 linux-7.3-arm64:3:6
    set_memory_* edgecombe-2021:22:44679
    set_memory_4k aaronlu-2022:13:58 hyeyoo-count-2022:5:11 linux-6.1:15:68 linux-6.12:20:109 linux-6.18:2:4 linux-7.0:2:4 linux-7.1:2:4 linux-7.2:21:111 linux-7.2.6:2:4 linux-7.3:2:4
    set_memory_decrypted linux-6.1:1:2 linux-6.12:1:2 linux-7.2:1:2
    set_memory_encrypted linux-6.1:1:1 linux-6.12:1:1 linux-7.2:1:1
    set_memory_global aaronlu-2022:12:67 hyeyoo-count-2022:4:6 linux-6.1:17:101 linux-6.12:22:164 linux-6.18:2:6 linux-7.0:2:6 linux-7.1:2:6 linux-7.2:22:164 linux-7.2.6:2:6 linux-7.3:2:6
    set_memory_nonglobal aaronlu-2022:13:66 hyeyoo-count-2022:5:11 linux-6.1:14:75 linux-6.12:16:102 linux-6.18:2:4 linux-7.0:2:4 linux-7.1:2:4 linux-7.2:17:103 linux-7.2.6:2:4 linux-7.3:2:4
    set_memory_np aaronlu-2022:25:232 hyeyoo-count-2022:17:94 linux-6.1:24:148 linux-6.12:43:352 linux-6.18:3:11 linux-7.0:3:11 linux-7.1:3:11 linux-7.2:43:352 linux-7.2.6:3:11 linux-7.3:3:11 merge-on-free:2:2 merge-on-free-checked:1:1 merge-on-free-literal:2:2 merge-on-free-literal-checked:1:1
    set_memory_np_noalias aaronlu-2022:3:14 linux-6.1:7:23 linux-6.12:6:26 linux-6.18:1:6 linux-7.0:1:6 linux-7.1:1:6 linux-7.2:6:26 linux-7.2.6:1:6 linux-7.3:1:6
    set_memory_nx aaronlu-2022:22:158 hyeyoo-count-2022:12:83 linux-6.1:26:283 linux-6.1-arm64:2:6 linux-6.12:48:353 linux-6.12-arm64:2:6 linux-6.18:5:25 linux-6.18-arm64:1:2 linux-7.0:5:25 linux-7.0-arm64:1:2 linux-7.1:4:16 linux-7.1-arm64:1:2 linux-7.2:48:353 linux-7.2-arm64:1:2 linux-7.2.6:4:16 linux-7.3:4:16 linux-7.3-arm64:3:7
    set_memory_p aaronlu-2022:29:286 hyeyoo-count-2022:20:150 linux-6.1:14:20 linux-6.12:59:587 linux-6.18:6:23 linux-7.0:6:23 linux-7.1:5:16 linux-7.2:59:587 linux-7.2.6:5:16 linux-7.3:5:16
    set_memory_ro aaronlu-2022:38:446 hyeyoo-count-2022:21:144 linux-6.1:35:437 linux-6.1-arm64:2:20 linux-6.12:77:833 linux-6.12-arm64:2:20 linux-6.18:8:26 linux-6.18-arm64:1:2 linux-7.0:8:26 linux-7.0-arm64:1:2 linux-7.1:7:23 linux-7.1-arm64:1:2 linux-7.2:78:841 linux-7.2-arm64:1:2 linux-7.2.6:7:23 linux-7.3:7:23 linux-7.3-arm64:3:26 merge-on-free:3:5 merge-on-free-checked:3:5 merge-on-free-literal:4:7 merge-on-free-literal-checked:1:2 unmapped-2022:1:1
    set_memory_rox aaronlu-2022:20:186 hyeyoo-count-2022:10:65 linux-6.1:2:2 linux-6.12:52:602 linux-6.18:6:28 linux-7.0:6:28 linux-7.1:5:27 linux-7.2:53:603 linux-7.2.6:5:27 linux-7.3:5:27
    set_memory_rw aaronlu-2022:38:476 hyeyoo-count-2022:19:147 linux-6.1:35:420 linux-6.1-arm64:2:12 linux-6.12:76:841 linux-6.12-arm64:2:12 linux-6.18:7:42 linux-6.18-arm64:1:4 linux-7.0:7:42 linux-7.0-arm64:1:4 linux-7.1:6:34 linux-7.1-arm64:1:4 linux-7.2:77:844 linux-7.2-arm64:1:4 linux-7.2.6:6:34 linux-7.3:6:34 linux-7.3-arm64:3:14 merge-on-free:3:4 merge-on-free-checked:3:4 merge-on-free-literal:4:6 merge-on-free-literal-checked:1:1 unmapped-2022:1:1
    set_memory_uc aaronlu-2022:5:48 linux-6.1:10:75 linux-6.12:19:136 linux-6.18:2:14 linux-7.0:2:14 linux-7.1:2:14 linux-7.2:20:154 linux-7.2.6:2:14 linux-7.3:2:14
    set_memory_valid linux-6.1-arm64:2:4 linux-6.12-arm64:2:4 linux-6.18-arm64:1:2 linux-7.0-arm64:1:2 linux-7.1-arm64:1:2 linux-7.2-arm64:1:2 linux-7.3-arm64:3:6
    set_memory_wb aaronlu-2022:5:80 linux-6.1:12:125 linux-6.12:20:219 linux-6.18:2:11 linux-7.0:2:11 linux-7.1:2:11 linux-7.2:21:243 linux-7.2.6:2:11 linux-7.3:2:11
    set_memory_wc aaronlu-2022:5:80 linux-6.1:10:92 linux-6.12:17:163 linux-6.18:1:10 linux-7.0:1:10 linux-7.1:1:10 linux-7.2:18:183 linux-7.2.6:1:10 linux-7.3:1:10
    set_memory_x aaronlu-2022:22:159 hyeyoo-count-2022:12:72 linux-6.1:27:241 linux-6.1-arm64:2:4 linux-6.12:43:311 linux-6.12-arm64:2:4 linux-6.18:5:17 linux-6.18-arm64:1:5 linux-7.0:5:17 linux-7.0-arm64:1:5 linux-7.1:4:16 linux-7.1-arm64:1:5 linux-7.2:44:312 linux-7.2-arm64:1:5 linux-7.2.6:4:16 linux-7.3:4:16 linux-7.3-arm64:3:6
    set_pages_array_uc linux-6.1:7:43 linux-6.12:8:88 linux-6.18:1:2 linux-7.0:1:2 linux-7.1:1:2 linux-7.2:9:89 linux-7.2.6:1:2 linux-7.3:1:2
    set_pages_array_wb linux-6.1:7:71 linux-6.12:8:122 linux-6.18:1:2 linux-7.0:1:2 linux-7.1:1:2 linux-7.2:9:123 linux-7.2.6:1:2 linux-7.3:1:2
    set_pages_array_wc linux-6.1:7:42 linux-6.12:8:75 linux-6.18:1:3 linux-7.0:1:3 linux-7.1:1:3 linux-7.2:9:76 linux-7.2.6:1:3 linux-7.3:1:3
    set_pages_ro linux-6.1:3:10 linux-6.12:6:21 linux-6.18:1:3 linux-7.0:1:3 linux-7.1:1:3 linux-7.2:6:21 linux-7.2.6:1:3 linux-7.3:1:3
    set_pages_rw linux-6.1:4:12 linux-6.12:7:28 linux-6.18:1:4 linux-7.0:1:4 linux-7.1:1:4 linux-7.2:7:28 linux-7.2.6:1:4 linux-7.3:1:4
    set_pages_uc linux-6.18:1:3 linux-7.0:1:3 linux-7.1:1:3 linux-7.2.6:1:3 linux-7.3:1:3
    set_pages_wb linux-6.18:1:4 linux-7.0:1:4 linux-7.1:1:4 linux-7.2.6:1:4 linux-7.3:1:4
    shrink edgecombe-2021:15:64
    touch aaronlu-2022:13:116 hyeyoo-count-2022:6:25 linux-6.1:9:67 linux-6.12:32:311 linux-6.18:3:8 linux-7.0:3:8 linux-7.1:3:8 linux-7.2:32:313 linux-7.2.6:3:8 linux-7.3:3:8
    vfree edgecombe-2021:36:15390 linux-6.1:3:60 linux-6.12:4:111 linux-6.18:1:7 linux-7.0:1:7 linux-7.2:5:116
    vmalloc edgecombe-2021:36:16655 linux-6.1:3:58 linux-6.12:4:109 linux-6.18:1:7 linux-7.0:1:7 linux-7.2:5:114
    vmap aaronlu-2022:13:77 hyeyoo-count-2022:13:55 linux-6.1:18:115 linux-6.12:28:214 linux-6.18:1:1 linux-7.0:1:1 linux-7.1:1:1 linux-7.2:29:216 linux-7.2.6:1:1 linux-7.3:1:1
    vmap_page_range aaronlu-2022:5:20 linux-6.1:6:21 linux-6.12:7:26 linux-7.2:7:26
    vunmap aaronlu-2022:9:34 hyeyoo-count-2022:7:25 linux-6.1:14:41 linux-6.12:23:95 linux-7.2:23:95
    workload linux-6.12:2:1254 linux-7.2:2:3142
    zap linux-6.12:2:69 linux-7.2:2:69
    """
}
