import Engine
import Glibc
import History
import Interface
import Lab
import Lanes
import Screen
import Views

/// The lab over a real kernel, compared with QEMU alone, with the debugger's packages alone, and with
/// copying the tables. All under QEMU's translator.
enum LabBenchmarks {
  /// - Parameter path: the kernel: Debian's package of it.
  static func lab(_ path: String) -> [Measurement] {
    do throws(LabError) {
      var options = GuestOptions(kernel: try DebianPackage.kernel(in: path), named: path)
      options.accelerator = .tcg
      return try boot(options) + calls(options) + tables(options)
    } catch {
      print("     lab: \(error)")
      return []
    }
  }

  private static let clock = ContinuousClock()
  private static let size = Size(width: 100, height: 30)
  private static let runs = 5
  private static let callCount = 60

  /// From the start to the first picture, against the same boot without us, in turn.
  private static func boot(_ options: GuestOptions) throws(LabError) -> [Measurement] {
    var own: [Double] = []
    var bare: [Double] = []
    for _ in 0..<runs {
      bare.append(seconds(try BareBoot.run(options)))
      let start = clock.now
      _ = screen(model(over: try LabKernel(booting: options)), size: size, glyphs: .unicode)
      own.append(seconds(clock.now - start))
    }
    let (ours, alone) = (median(own), median(bare))
    return [
      Measurement(
        name: "boot to the first picture / QEMU alone", value: ours / alone, goal: 1.3,
        detail: "\(Measurement.text(ours)) / \(Measurement.text(alone)) s, median of \(runs)")
    ]
  }

  /// A call on a page by its key, tables, comparison and frame included, against the debugger's packets
  /// that the call takes.
  private static func calls(_ options: GuestOptions) throws(LabError) -> [Measurement] {
    var model = model(over: try LabKernel(booting: options))
    let guest = try Guest(booting: options)
    let page = try guest.call(["get_free_pages_noprof", "__get_free_pages"], [0xcc0, 0])
    var own: [Double] = []
    var bare: [Double] = []
    for index in 0..<callCount {
      let isFirst = index.isMultiple(of: 2)
      var start = clock.now
      _ = model.update(.input(.character(isFirst ? "r" : "w")))
      _ = screen(model, size: size, glyphs: .unicode)
      own.append(seconds(clock.now - start))
      start = clock.now
      _ = try guest.call([isFirst ? "set_memory_ro" : "set_memory_rw"], [page, 1])
      bare.append(seconds(clock.now - start))
    }
    let made = model.timeline.steps.count
    guard made == callCount else { throw .notUnderstood("answer: \(made) calls were made") }
    let (ours, alone) = (median(own) * 1000, median(bare) * 1000)
    return [
      Measurement(
        name: "a call on a page, frame included, median", value: ours, goal: 30, unit: "ms"),
      Measurement(
        name: "the same / the debugger's packets alone", value: ours / alone, goal: 1.5,
        detail: "\(Measurement.text(ours)) / \(Measurement.text(alone)) ms"),
    ]
  }

  /// Reading all tables of a guest of 4 GiB whose direct map is all 4K, against copying them.
  private static func tables(_ options: GuestOptions) throws(LabError) -> [Measurement] {
    var options = options
    options.ram = 4 << 30
    let guest = try Guest(booting: options)
    let pages = PageCount(options.ram >> 12)
    // The part that lies below the hole of 32-bit addresses, and what lies above it.
    let largest = guest.directMap(pages: PageCount(1 << 21)).filter { $0.size != nil }
    for run in largest where run.size != .size4K {
      guard let pfn = AddressLayout.directMapFrame(of: run.start) else { continue }
      _ = try guest.call(["set_memory_4k"], [guest.layout.direct(pfn), run.pages.rawValue])
    }
    let space = PageCount(1 << 21)
    let source = ListingSource(guest.reader.source)
    let listing = TableReader(
      source, root: guest.reader.root, levels: guest.reader.levels, format: guest.reader.format)
    _ = listing.runs(from: VirtualAddress(guest.layout.direct(0)), pages: space)

    let addresses = source.list.addresses
    var buffer = [UInt64](repeating: 0, count: addresses.count * 512)
    var count = 0
    let least = Measurement.leastSecondsInTurn {
      count += guest.directMap(pages: space).count
    } _: {
      copy(addresses, guest.reader.source, to: &buffer)
    }
    return [
      Measurement(
        name: "reading the tables of 4 GiB of 4K / memcpy", value: least.first / least.second,
        goal: 4,
        detail: "\(addresses.count) tables of \(pages.rawValue) pages, "
          + "\(Measurement.text(least.first * 1000)) / \(Measurement.text(least.second * 1000)) ms"
          + (count > 0 && buffer[0] | 1 > 0 ? "" : "?"))
    ]
  }

  private static func copy(
    _ addresses: [UInt64], _ memory: GuestMemory, to buffer: inout [UInt64],
  ) {
    unsafe buffer.withUnsafeMutableBytes { buffer in
      for (index, address) in addresses.enumerated() {
        unsafe memory.withTable(at: address) { words in
          if let target = buffer.baseAddress, let start = words.baseAddress {
            unsafe memcpy(target + index * 4096, start, 4096)
          }
        }
      }
    }
  }

  private static func model(over lab: LabKernel) -> Model {
    let setup = BootSetup(lab.description, kernel: lab.machine.kernel)
    return Model(
      Lane(
        observing: lab, named: lab.name, from: lab.machine, setup: setup, at: lab.firstPage),
      beside: [])
  }

  private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// Tables that are read, and where they lie.
private struct ListingSource: TableSource {
  final class List { var addresses: [UInt64] = [] }
  let memory: GuestMemory
  let list = List()

  init(_ memory: GuestMemory) { self.memory = memory }

  func withTable<Result>(
    at address: UInt64, _ body: (UnsafeBufferPointer<UInt64>) -> Result,
  ) -> Result? {
    list.addresses.append(address)
    return unsafe memory.withTable(at: address, body)
  }
}
