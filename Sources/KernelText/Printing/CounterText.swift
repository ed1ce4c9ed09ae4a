import Engine

extension Machine {
  /// The last lines of `/proc/meminfo`. Models `arch_report_meminfo()`, 6.12: the 1G line exists
  /// only if the direct map may have 1G leaves.
  ///
  /// arm64 has no such lines, and there is nothing to print.
  public var meminfoText: String {
    if architecture == .arm64 { return "" }
    var lines = [meminfoLine("DirectMap4k:", .size4K), meminfoLine("DirectMap2M:", .size2M)]
    if cpu.allows1G { lines.append(meminfoLine("DirectMap1G:", .size1G)) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func meminfoLine(_ name: String, _ size: LeafSize) -> String {
    "\(name)    \(right(directMapKilobytes(size), 8)) kB"
  }

  /// The lines of `/proc/vmstat` that count splits and, in kernels that collapse, collapses. Models
  /// `vmstat_text`, mm/vmstat.c. Of nr_page_table_pages they have the tables of splits alone: those of
  /// processes are not simulated.
  ///
  /// arm64 has no such lines either.
  public var vmstatText: String {
    if architecture == .arm64 { return "" }
    var lines = kernel.countsSplitTables ? ["nr_page_table_pages \(counters[.splitTables])"] : []
    lines += [
      "direct_map_level2_splits \(counters[.level2Splits])",
      "direct_map_level3_splits \(counters[.level3Splits])",
    ]
    if kernel.countsMerges {
      lines += [
        "direct_map_level1_merges \(counters[.level1Merges])",
        "direct_map_level2_merges \(counters[.level2Merges])",
      ]
    }
    if kernel.collapses {
      lines += [
        "direct_map_level2_collapses \(counters[.level2Collapses])",
        "direct_map_level3_collapses \(counters[.level3Collapses])",
      ]
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The file `cpa_stats` of debugfs, which only x86 has. Models `cpastats_show()`,
  /// arch/x86/mm/pat/set_memory.c.
  public var cpaStatsText: String {
    if architecture == .arm64 { return "" }
    let lines: [(String, Counter)] = [
      ("1G pages checked:", .cpa1GChecked), ("1G pages sameprot:", .cpa1GSameprot),
      ("1G pages preserved:", .cpa1GPreserved), ("2M pages checked:", .cpa2MChecked),
      ("2M pages sameprot:", .cpa2MSameprot), ("2M pages preserved:", .cpa2MPreserved),
      ("4K pages set-checked:", .cpa4KSetChecked),
    ]
    let width = 22
    return lines.map { name, counter in
      left(name, width) + right(counters[counter], 16) + "\n"
    }.joined()
  }
}

/// A right-aligned number or text in a field, which grows if it must.
public func right(_ value: some CustomStringConvertible, _ width: Int) -> String {
  let text = value.description
  return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
}

/// A left-aligned text in a field, which grows if it must.
public func left(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.utf8.count))
}
