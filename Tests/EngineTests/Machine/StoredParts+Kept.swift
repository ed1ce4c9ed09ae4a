import TestSupport
import Testing

@testable import Engine

extension StoredParts {
  /// What users of special permissions keep.
  static var users: [StoredParts] {
    let pack = ProgPack(name: Sample.name("p"), chunks: 8)
    let program = BPFProgram(name: Sample.name("b"), pack: nil, chunks: 0..<2)
    let secret = SecretPage(name: Sample.name("s"), pfn: 1, isUnmappedByPolicy: false)
    let shrunk = Kept.Shrunk(policy: .edgecombe2021, node: 0)
    let put: @Sendable (inout Machine, Kept) -> Void = { $0.kept.value = $1 }
    var parts: [StoredParts] = []
    parts.append(
      StoredParts(
        Kept(), put: put,
        changes: [
          "packs": { $0.packs = [pack] }, "programs": { $0.programs = [program] },
          "serial": { $0.serial = 1 }, "predictorFlushes": { $0.predictorFlushes = 1 },
          "rox": { $0.rox.addFree(Sample.range) },
          "secrets": { $0.secrets = [secret] }, "supply": { $0.supply.failsBlocks = true },
          "guests": { $0.guests = [GuestMemory(name: Sample.name("g"), pages: [secret])] },
          "kexecs": { $0.kexecs = [ControlPage(name: Sample.name("k"), pfn: 1)] },
          "pageTables": { $0.pageTables = [TablePages(name: Sample.name("t"), pages: [1])] },
          "deferred": { $0.deferred[shrunk] = 1 },
          "policies": { $0.policies.mergeOnFree.merged = 1 },
        ]))
    parts.append(
      StoredParts(
        pack, put: { $0.kept.value.packs = [$1] },
        changes: [
          "name": { $0 = ProgPack(name: Sample.name("q"), chunks: $0.chunks) },
          "chunks": { $0 = ProgPack(name: $0.name, chunks: 9) },
          "bitmap": { $0.set(1..<2, used: true) }, "isDirty": { $0.isDirty = true },
        ]))
    parts.append(
      StoredParts(
        program, put: { $0.kept.value.programs = [$1] },
        changes: [
          "name": { $0.name = Sample.name("c") }, "pack": { $0.pack = Sample.name("p") },
          "chunks": { $0.chunks = 0..<3 },
        ]))
    parts.append(
      StoredParts(
        secret, put: { $0.kept.value.secrets = [$1] },
        changes: [
          "name": { $0.name = Sample.name("t") }, "pfn": { $0.pfn = 2 },
          "isUnmappedByPolicy": { $0.isUnmappedByPolicy = true },
        ]))
    parts.append(
      StoredParts(
        GuestMemory(name: Sample.name("g"), pages: [secret]), put: { $0.kept.value.guests = [$1] },
        changes: ["name": { $0.name = Sample.name("h") }, "pages": { $0.pages = [] }]))
    parts.append(
      StoredParts(
        TablePages(name: Sample.name("t"), pages: [1]), put: { $0.kept.value.pageTables = [$1] },
        changes: ["name": { $0.name = Sample.name("u") }, "pages": { $0.pages = [] }]))
    parts.append(
      StoredParts(
        ControlPage(name: Sample.name("k"), pfn: 1), put: { $0.kept.value.kexecs = [$1] },
        changes: ["name": { $0.name = Sample.name("l") }, "pfn": { $0.pfn = 2 }]))
    parts.append(
      StoredParts(
        shrunk, put: { $0.kept.value.deferred[$1] = 1 },
        changes: ["policy": { $0.policy = .pteCache2021 }, "node": { $0.node = 1 }]))
    parts.append(
      StoredParts(
        ROXCache(), put: { $0.kept.value.rox = $1 },
        changes: [
          "free": { $0.addFree(Sample.range) },
          "busy": { $0.busy = [ROXCache.Busy(name: Sample.name("r"), range: Sample.range)] },
        ]))
    parts.append(
      StoredParts(
        ROXCache.Busy(name: Sample.name("r"), range: Sample.range),
        put: { $0.kept.value.rox.busy = [$1] },
        changes: [
          "name": { $0.name = Sample.name("o") }, "range": { $0.range = Sample.otherRange },
        ]))
    parts.append(
      StoredParts(
        PageSupply(), put: { $0.kept.value.supply = $1 },
        changes: [
          "answers": { $0.answers = [.block(order: 0, nil)] },
          "failsBlocks": { $0.failsBlocks = true }, "failsTables": { $0.failsTables = true },
          "singlePagesLeft": { $0.singlePagesLeft = 0 },
          "refusals": { $0.refusals = PageSupply.Refusals(after: 1, times: 1) },
        ]))
    parts.append(
      StoredParts(
        PageSupply.Refusals(after: 1, times: 1), put: { $0.kept.value.supply.refusals = $1 },
        changes: ["after": { $0.after = 2 }, "times": { $0.times = 2 }]))
    return parts
  }

  /// What policies keep.
  static var policies: [StoredParts] {
    var list = PageList()
    list.append(1)
    list.append(2)
    var parts: [StoredParts] = []
    parts.append(
      StoredParts(
        PolicyStates(), put: { $0.kept.value.policies = $1 },
        changes: [
          "edgecombe2021": { $0.edgecombe2021.roundRobin = 1 },
          "permAlloc2020": { $0.permAlloc2020.unprotected = [1] },
          "pteCache2021": { $0.pteCache2021.roundRobin = 1 },
          "unmapped2022": { $0.unmapped2022.marked = 1 },
          "mergeOnFree": { $0.mergeOnFree.merged = 1 },
          "unmappedAlloc2023": { $0.unmappedAlloc2023.cached[0] = 1 },
          "freetype2026": { $0.freetype2026.mappedEver = 1 },
          "mermap2026": { $0.mermap2026.next = 1 }, "kpkeys": { $0.kpkeys.isLocked = true },
          "rules": { $0.rules.apply(.called(0)) },
        ]))
    parts.append(
      StoredParts(
        RuleStates(), put: { $0.kept.value.policies.rules = $1 },
        changes: ["states": { $0.apply(.number(0, 1, 2)) }]))
    parts.append(
      StoredParts(
        RuleState(),
        put: { machine, state in
          machine.kept.value.policies.rules = RuleStates([state])
        },
        changes: [
          "numbers": { $0.set(0, 1) }, "pages": { $0.set(0, of: 1, 1) },
          "calls": { $0.countCall() },
        ]))
    parts.append(
      StoredParts(
        Edgecombe2021.State(), put: { $0.kept.value.policies.edgecombe2021 = $1 },
        changes: [
          "lists": { $0.lists.append(1, node: 0) }, "roundRobin": { $0.roundRobin = 1 },
          "isEnabled": { $0.isEnabled.toggle() },
        ]))
    parts.append(
      StoredParts(
        PermAlloc2020.State(), put: { $0.kept.value.policies.permAlloc2020 = $1 },
        changes: [
          "list": { $0.list.append(1) }, "unprotected": { $0.unprotected = [1] },
          "unflushed": { $0.unflushed = 0..<1 },
        ]))
    parts.append(
      StoredParts(
        PTECache2021.State(), put: { $0.kept.value.policies.pteCache2021 = $1 },
        changes: [
          "lists": { $0.lists.append(1, node: 0) }, "roundRobin": { $0.roundRobin = 1 },
          "marks": { $0.marks.insert(1) },
        ]))
    parts.append(
      StoredParts(
        Unmapped2022.State(), put: { $0.kept.value.policies.unmapped2022 = $1 },
        changes: [
          "marked": { $0.marked = 1 },
          "strays": { $0.strays = [Unmapped2022.Stray(pfn: 1, owner: Sample.name("s"))] },
        ]))
    parts.append(
      StoredParts(
        Unmapped2022.Stray(pfn: 1, owner: Sample.name("s")),
        put: { $0.kept.value.policies.unmapped2022.strays = [$1] },
        changes: ["pfn": { $0.pfn = 2 }, "owner": { $0.owner = Sample.name("t") }]))
    parts.append(
      StoredParts(
        MergeOnFree.State(), put: { $0.kept.value.policies.mergeOnFree = $1 },
        changes: [
          "merged": { $0.merged = 1 }, "missed": { $0.missed = 1 },
          "refused": { $0.refused = 1 },
        ]))
    parts.append(
      StoredParts(
        UnmappedAlloc2023.State(), put: { $0.kept.value.policies.unmappedAlloc2023 = $1 },
        changes: [
          "lists": { $0.lists[1] = [2] }, "blocks": { $0.blocks[2] = 1 },
          "cached": { $0.cached[1] = 1 }, "released": { $0.released[1] = 1 },
          "marks": { $0.marks.insert(1) },
        ]))
    let block = Freetype2026.UnmappedBlock(first: 512)
    parts.append(
      StoredParts(
        Freetype2026.State(), put: { $0.kept.value.policies.freetype2026 = $1 },
        changes: [
          "blocks": { $0.blocks = [block] }, "unmappedEver": { $0.unmappedEver = 1 },
          "mappedEver": { $0.mappedEver = 1 },
        ]))
    parts.append(
      StoredParts(
        block, put: { $0.kept.value.policies.freetype2026.blocks = [$1] },
        changes: ["first": { $0.first = 1024 }, "bitmap": { $0.set(1, used: true) }]))
    let window = Mermap2026.Slot(name: Sample.name("w"), pfn: 1, first: 2, pages: 3)
    parts.append(
      StoredParts(
        Mermap2026.State(), put: { $0.kept.value.policies.mermap2026 = $1 },
        changes: [
          "slots": { $0.slots[1] = window }, "next": { $0.next = 1 },
          "owesFlush": { $0.owesFlush = true }, "gets": { $0.gets = 1 },
          "refusals": { $0.refusals = 1 },
        ]))
    parts.append(
      StoredParts(
        window, put: { $0.kept.value.policies.mermap2026.slots[0] = $1 },
        changes: [
          "name": { $0.name = Sample.name("o") }, "pfn": { $0.pfn = 2 }, "first": { $0.first = 9 },
          "pages": { $0.pages = 9 },
        ]))
    parts.append(
      StoredParts(
        KpkeysState(), put: { $0.kept.value.policies.kpkeys = $1 },
        changes: [
          "owed": { $0.owed = [1] }, "cached": { $0.cached = [1] }, "blocks": { $0.blocks = [512] },
          "isLocked": { $0.isLocked = true },
        ]))
    parts.append(
      StoredParts(
        NodeLists(), put: { $0.kept.value.policies.pteCache2021.lists = $1 },
        changes: ["lists": { $0.append(1, node: 1) }]))
    parts.append(
      StoredParts(
        list, put: { $0.kept.value.policies.permAlloc2020.list = $1 },
        changes: ["storage": { $0.append(3) }, "head": { $0.removeOldest() }]))
    parts.append(
      StoredParts(
        PageblockMarks(), put: { $0.kept.value.policies.pteCache2021.marks = $1 },
        changes: ["blocks": { $0.insert(1) }]))
    return parts
  }

  /// The address space of a process.
  static var processes: [StoredParts] {
    let rules = ZapRules(batches: false, delaysRmap: false, limitsFreedPages: false, zeroes: false)
    let range = UserRange(name: Sample.name("u"), start: 0x10_0000, pages: 1)
    let held = Processes.HeldRange(range: range, mapped: 1)
    let group = MmuGather.Group(first: 1, entries: 1, pagesEach: 1, order: 0, traits: [])
    var parts: [StoredParts] = []
    parts.append(
      StoredParts(
        Processes(hasFiveLevels: false), put: { $0.processes.value = $1 },
        changes: [
          "ranges": { $0.ranges = [held] }, "partialFolios": { $0.partialFolios[1] = 1 },
          "tables": { _ = $0.tables.mapUniform(at: 0x20_0000, first: Entry(0, .pageKernel)) },
          "userTables": { $0.userTables.make(for: 0x20_0000..<0x20_1000) },
          "gather": { $0.gather = MmuGather(rules) }, "trialRules": { $0.trialRules = rules },
          "lastZap": { $0.lastZap[.pages] = 1 }, "allZaps": { $0.allZaps[.pages] = 1 },
        ]))
    parts.append(
      StoredParts(
        held, put: { $0.processes.value.ranges = [$1] },
        changes: [
          "range": { $0.range.order = 1 }, "mapped": { $0.mapped = 0 },
        ]))
    parts.append(
      StoredParts(
        range,
        put: { $0.processes.value.ranges = [Processes.HeldRange(range: $1, mapped: 1)] },
        changes: [
          "name": { $0.name = Sample.name("v") }, "start": { $0.start = $0.start + 1 },
          "pages": { $0.pages = 2 }, "order": { $0.order = 1 }, "traits": { $0.traits = .file },
        ]))
    parts.append(
      StoredParts(
        UserTables(hasFiveLevels: false), put: { $0.processes.value.userTables = $1 },
        changes: ["slots": { $0.make(for: 0x20_0000..<0x20_1000) }]))
    parts.append(
      StoredParts(
        ZapCounts(), put: { $0.processes.value.lastZap = $1 },
        changes: ["values": { $0[.mostPages] = 1 }]))
    parts.append(
      StoredParts(
        rules, put: { $0.processes.value.trialRules = $1 },
        changes: [
          "batches": { $0.batches = true }, "delaysRmap": { $0.delaysRmap = true },
          "limitsFreedPages": { $0.limitsFreedPages = true }, "zeroes": { $0.zeroes = true },
          "capsPages": { $0.capsPages = true }, "isPreemptible": { $0.isPreemptible = true },
        ]))
    parts.append(
      StoredParts(
        MmuGather(rules), put: { $0.processes.value.gather = $1 },
        changes: [
          "rules": { [rules] gather in
            var other = rules
            other.zeroes = true
            gather = MmuGather(other)
          },
          "batches": { $0.batches.append(MmuGather.Batch(capacity: 510)) },
          "active": { $0.active = 1 }, "hasDelayedRmaps": { $0.hasDelayedRmaps = true },
          "unflushed": { $0.unflushed = Sample.range }, "tables": { $0.tables = 0 },
        ]))
    parts.append(
      StoredParts(
        MmuGather.Batch(capacity: 8),
        put: {
          var gather = MmuGather(rules)
          gather.batches = [$1]
          $0.processes.value.gather = gather
        },
        changes: [
          "capacity": { $0 = MmuGather.Batch(capacity: 9) }, "used": { $0.used = 1 },
          "groups": { $0.groups = [group] },
        ]))
    parts.append(
      StoredParts(
        group,
        put: {
          var gather = MmuGather(rules)
          gather.batches[0].groups = [$1]
          $0.processes.value.gather = gather
        },
        changes: [
          "first": { $0.first = 2 }, "entries": { $0.entries = 2 },
          "pagesEach": { $0.pagesEach = 2 }, "order": { $0.order = 1 },
          "traits": { $0.traits = .file },
        ]))
    return parts
  }
}
