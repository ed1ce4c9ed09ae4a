import Engine

extension ArmRecording {
  /// How one of the things that were compared differs.
  public struct Mismatch: Equatable, Sendable {
    /// What differs: `leaves of boot`.
    public var part: String
    /// Where, and how.
    public var difference: String
  }

  /// Boots the machine and compares leaves, tables and TLB invalidations at each step.
  ///
  /// After boot the users of the linear map have pages that only the recording tells: those that it shows
  /// as read-only or, in KFENCE's pool, as invalid. They are taken from it, and all that changing them
  /// splits is compared.
  ///
  /// - Returns: how many things were compared, and which differ.
  /// - Throws: ``ArmRecordingError`` if the machine cannot boot.
  public func check() throws -> (parts: Int, mismatches: [Mismatch]) {
    var parts = 0
    var mismatches: [Mismatch] = []
    func compare(_ part: String, _ difference: String?) {
      parts += 1
      if let difference { mismatches.append(Mismatch(part: part, difference: difference)) }
    }
    var running: Machine?
    for step in steps {
      let calls = step.added.isEmpty ? step.calls : nil
      var early: Machine?
      if step.name == Self.early || calls != nil {
        var log = EventLog()
        early = try boot(stopsAtLinearMap: true, &log)
        if let calls {
          compare("TLBIs of map_mem", Self.calls(in: log).difference(from: calls))
        }
      }
      var machine: Machine
      if step.name == Self.early, let early {
        machine = early
      } else {
        var log = EventLog()
        machine = try running ?? boot(stopsAtLinearMap: false, &log)
        if let probe = step.probe {
          compare("probe", probe.difference(on: machine, hasRanges: hasRanges))
        }
        if let probe = step.probe, let flushes = step.flushes {
          let own = probe.flushes(on: machine, hasRanges: flushes.hasRanges)
          compare("TLBIs of set_memory", flushes.difference(from: own))
        }
        if !step.added.isEmpty {
          compare("TLBIs of arch_add_memory", Self.add(step.added, to: &machine, step.calls))
        }
        settle(&machine, step.leaves)
        running = machine
      }
      compare(
        "leaves of \(step.name)", ArmLeaves(of: machine).difference(from: step.leaves))
      compare("tables of \(step.name)", Self.difference(machine, step.tables))
    }
    return (parts, mismatches)
  }

  private func boot(stopsAtLinearMap: Bool, _ log: inout EventLog) throws -> Machine {
    var options = BootOptions()
    options.stopsAtLinearMap = stopsAtLinearMap
    do {
      return try Machine.boot(machine, kernel: kernel, options: options, into: &log)
    } catch {
      throw ArmRecordingError(ArmRun.file, "its machine cannot boot: \(error)")
    }
  }

  /// The calls of `__create_pgd_mapping()` in a log.
  private static func calls(in log: EventLog) -> ArmTLBI {
    var calls: [ArmTLBI.Count] = []
    for event in log.events {
      if case .entered(.mapMemblock, _, _) = event {
        calls.append(ArmTLBI.Count(invalidations: 0, tables: 0))
      }
      guard let last = calls.indices.last, case .linearMap(let change) = event else { continue }
      if case .fixmapCleared(_, _, let invalidations) = change {
        calls[last].invalidations += invalidations
      }
      if case .allocated(_, let count) = change { calls[last].tables += count }
    }
    return ArmTLBI(calls)
  }

  /// Plugs memory in, section by section.
  ///
  /// - Returns: how the calls differ from those that were counted.
  private static func add(
    _ memory: [Range<PFN>], to machine: inout Machine, _ recorded: ArmTLBI?,
  ) -> String? {
    let section: PageCount = 0x8000
    var log = EventLog()
    for range in memory {
      var start = range.lowerBound
      while start < range.upperBound {
        do {
          let call = Call.linearMap(.addMemory(start, section))
          let code = try machine.perform(call, into: &log)
          if code != .success { return "memory at pfn \(start.hex): \(code.name)" }
        } catch {
          return "\(error)"
        }
        start = start + section
      }
    }
    return recorded.flatMap { calls(in: log).difference(from: $0) }
  }

  private static func difference(_ machine: Machine, _ recorded: [String: UInt64]) -> String? {
    let books = machine.linearMapBooks
    for level in TableLevel.allCases {
      let name = level.name.lowercased()
      guard let there = recorded[name] else { continue }
      let own = books.early[level].allocated + books.late[level].allocated
      if own != there { return "\(own) \(level.name) tables, the kernel has \(there)" }
    }
    return nil
  }

  /// Splits what pages split that were read-only for a while between two steps, such as the init sections
  /// of a module: of them only the single pages are left, groups of 16 without CONT.
  private func splitAsBefore(_ machine: inout Machine, _ recorded: [ArmLeafRun]) {
    guard machine.splitsBlocks else { return }
    for run in recorded where run.isValid && run.isWritable && !run.isContiguous {
      var frame = run.first
      while frame < run.frames.upperBound {
        let leaf = machine.tables.lookup(machine.directMapAddress(of: frame))
        if let leaf, leaf.size > .size4K || leaf.flags.contains(.contiguous) {
          machine.settle(frame..<(frame + 1), as: .readOnly)
          machine.settle(frame..<(frame + 1), as: .ordinary)
        }
        frame = frame + 1
      }
    }
  }

  /// Brings pages of users that are not simulated to where a recording has them.
  private func settle(_ machine: inout Machine, _ recorded: ArmLeaves) {
    let image = machine.linearMapImage
    func isForeign(_ run: ArmLeafRun) -> Bool {
      run.size == .size4K && !(image?.overlaps(run.frames) ?? false)
    }
    // What was read-only at the step before may be so no longer.
    for run in ArmLeaves(of: machine).runs where isForeign(run) && !run.isWritable {
      machine.settle(run.frames, as: .ordinary)
    }
    for run in recorded.runs where isForeign(run) && !run.isWritable {
      machine.settle(run.frames, as: .readOnly)
    }
    splitAsBefore(&machine, recorded.runs.filter(isForeign))
    guard let pool = machine.kfencePool else { return }
    for run in recorded.runs where pool.overlaps(run.frames) {
      machine.settle(run.frames.clamped(to: pool), as: run.isValid ? .ordinary : .invalid)
    }
  }
}
