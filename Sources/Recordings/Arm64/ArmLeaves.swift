import Engine
import KernelText

/// Leaves of arm64's linear map that are alike and follow each other, by their descriptors.
struct ArmLeafRun: Equatable {
  /// The frame of the first page.
  var first: PFN
  /// How many leaves there are.
  var count: UInt64
  /// The size of each, by its level.
  var size: LeafSize
  /// The descriptor without its address.
  var descriptor: UInt64

  /// The frames of all of them.
  var frames: Range<PFN> { first..<(first + PageCount(count * size.pages.rawValue)) }
  /// Whether they map anything.
  var isValid: Bool { descriptor & 1 != 0 }
  /// Whether they can be written through.
  var isWritable: Bool { descriptor >> 7 & 1 == 0 }
  /// Whether they belong to contiguous groups.
  var isContiguous: Bool { descriptor >> 52 & 1 != 0 }

  /// `512 x 4K 0x00e8000000000707`.
  var words: String { "\(count) x \(size.name) \(descriptor.paddedHex)" }
}

/// The leaves of a linear map, by rising frame, as few runs as there can be.
struct ArmLeaves: Equatable {
  private(set) var runs: [ArmLeafRun] = []

  /// The leaves of a machine that is simulated.
  init(of machine: Machine) {
    let range = machine.directMapRange
    let image = machine.linearMapImage
    let runs = machine.tables.runs(
      from: range.lowerBound, pages: range.upperBound - range.lowerBound)
    for run in runs {
      guard let size = run.size, let first = AddressLayout.directMapFrame(of: run.start) else {
        continue
      }
      let end = first + run.pages
      // The image's leaves have descriptors of their own even where their flags are alike.
      let cuts = [image?.lowerBound, image?.upperBound].compactMap(\.self)
        .filter { first < $0 && $0 < end }
      for (start, end) in zip([first] + cuts, cuts + [end]) {
        let word = machine.armDescriptor(
          Entry(PFN(0), run.flags), size, at: machine.directMapAddress(of: start)
        ).word
        append(
          ArmLeafRun(
            first: start, count: (end - start).rawValue / size.pages.rawValue, size: size,
            descriptor: word))
      }
    }
  }

  /// Reads `leaves.txt`: `start-va pfn count size attributes words`.
  ///
  /// The linear map shows each frame at the same distance, which address randomisation may choose.
  init(_ text: String) throws(KernelTextError) {
    var distance: UInt64?
    for line in TextLine.lines(of: text) where !line.isBlank && !line.text.hasPrefix("#") {
      let words = line.words
      guard words.count >= 5, let address = UInt64(hex: words[0]), let pfn = UInt64(hex: words[1]),
        let count = UInt64(decimal: words[2]), let size = LeafSize(name: words[3]),
        let descriptor = UInt64(hex: words[4])
      else { throw .unexpected(line, "`ADDRESS PFN COUNT SIZE ATTRIBUTES`") }
      let limit = AddressLayout.arm64FrameLimit.rawValue
      guard pfn < limit, count > 0, count <= (limit - pfn) / size.pages.rawValue,
        PFN(pfn).isAligned(to: size)
      else { throw .unexpected(line, "whole leaves below 64 TiB") }
      guard address &- pfn << 12 == distance ?? address &- pfn << 12 else {
        throw .unexpected(line, "an address as far from its frame as the first one")
      }
      distance = address &- pfn << 12
      let run = ArmLeafRun(first: PFN(pfn), count: count, size: size, descriptor: descriptor)
      guard runs.last.map({ $0.frames.upperBound <= run.first }) ?? true else {
        throw .unexpected(line, "a frame behind those of the line before")
      }
      append(run)
    }
    if runs.isEmpty { throw .missing("leaves") }
  }

  private mutating func append(_ run: ArmLeafRun) {
    if let last = runs.last, last.size == run.size, last.descriptor == run.descriptor,
      last.frames.upperBound == run.first
    {
      runs[runs.count - 1].count += run.count
    } else {
      runs.append(run)
    }
  }

  /// The first place where these leaves differ from recorded ones, in words; `nil` if none does.
  func difference(from recorded: ArmLeaves) -> String? {
    guard
      let index = (0..<max(runs.count, recorded.runs.count)).first(where: { index in
        index >= runs.count || index >= recorded.runs.count || runs[index] != recorded.runs[index]
      })
    else { return nil }
    let own = index < runs.count ? runs[index] : nil
    let other = index < recorded.runs.count ? recorded.runs[index] : nil
    let place = [own?.first, other?.first].compactMap(\.self).min() ?? 0
    func words(_ run: ArmLeafRun?) -> String {
      guard let run, run.first == place else { return "nothing" }
      return run.words
    }
    return "pfn \(place.hex): \(words(own)), the kernel has \(words(other))"
  }
}
