import Engine

/// A machine that was read from a kernel's text, with notes about it.
public struct MachineReading: Equatable, Sendable {
  /// The machine.
  public var description: MachineDescription
  /// The kernel's name in the text, such as `6.12.117+deb13-amd64`; `nil` if there is none.
  public var release: String?
  /// The notes, in the order in which they are printed.
  public var notes: [MachineNote]

  /// A machine that no text was read for.
  public init(_ description: MachineDescription) {
    self.description = description
    notes = []
  }

  /// How much is unknown about the kernel image; `nil` if it is known.
  public var missingImage: MissingImage? {
    for case .imageMissing(let image) in notes { return image }
    return nil
  }

  /// The version of the kernel, if the text has it.
  public var version: KernelVersion? { release.flatMap { KernelVersion($0) } }
}

/// A note about a machine that was read from a text: what was concluded, and what the text lacks.
public enum MachineNote: Equatable, Sendable {
  /// An iomem is assumed to be from an arm64 machine.
  case arm64(IomemText.ArmSign)
  /// A log is from an arm64 kernel.
  case arm64Log
  /// Memory is encrypted, and the entries carry the C-bit.
  case encrypted(by: String)
  /// The page tables have five levels.
  case fiveLevels
  /// The place of the kernel image is not fully known, so boot does not touch it.
  case imageMissing(MissingImage)
  /// The direct map was built upwards from the kernel image, but its place is not known.
  case builtUpwards
}

/// How much can change where the parts of the kernel image are known.
public struct MissingImage: Equatable, Sendable {
  /// The place of the image; `nil` if the text does not show it.
  public var frames: Range<PFN>?
  /// Its pages, if its place is not known; a usual number if the size is unknown too.
  public var pages: PageCount
  /// Whether the size is known.
  public var isSizeTold: Bool
  /// Whether leaves of 1G are possible.
  public var allows1G: Bool

  /// The size of an unknown image: a distribution's, rounded up.
  static let usualPages: PageCount = 0x4000

  /// The 2M leaves that hold some of the image, at most. As many are in the image's own mapping.
  public var leaves2M: UInt64 { slots(.size2M) }

  /// The 1G leaves that hold some of the image, at most. The first GiB never is one.
  public var leaves1G: UInt64 {
    guard allows1G else { return 0 }
    let first = frames.map { $0.lowerBound < PFN(0) + LeafSize.size1G.pages } ?? false
    return slots(.size1G) - (first ? 1 : 0)
  }

  private func slots(_ size: LeafSize) -> UInt64 {
    let span = size.pages.rawValue
    guard let frames else { return pages.rawValue / span + 2 }
    guard !frames.isEmpty else { return 0 }
    return (frames.upperBound.rawValue - 1) / span - frames.lowerBound.rawValue / span + 1
  }
}

extension MachineNote: CustomStringConvertible {
  /// One sentence or two.
  public var description: String {
    switch self {
    case .arm64(let sign): "this is read as an arm64 machine: \(sign)"
    case .arm64Log: "this is the log of an arm64 kernel, and an arm64 machine is booted"
    case .encrypted(let name):
      "\(name) is active: the entries of the direct map carry the C-bit"
    case .fiveLevels: "the page tables have five levels, so the switch la57 is on"
    case .imageMissing(let image): image.sentence
    case .builtUpwards:
      "movable_node: the kernel built its direct map upwards from its image, and a log does not tell "
        + "where that lies; it is built from the top down here"
    }
  }
}

extension MissingImage {
  fileprivate var sentence: String {
    let mebibytes = ((frames.map { $0.upperBound - $0.lowerBound } ?? pages).rawValue + 255) / 256
    let image =
      if let frames {
        "the text lacks lines such as `Kernel rodata`, so of the kernel image only its \(mebibytes) MiB "
          + "at \(PhysicalAddress(frames.lowerBound.rawValue << 12).hex) are known"
      } else if isSizeTold {
        "where the kernel image lies, of \(mebibytes) MiB, is not told"
      } else {
        "where the kernel image lies is not told"
      }
    let large = leaves1G > 0 ? "\(leaves1G) of 1G and " : ""
    let assumed = frames == nil && !isSizeTold ? " if it has \(mebibytes) MiB" : ""
    return image + ", and boot protects no part of it here; a real kernel splits at most \(large)"
      + "\(leaves2M) of the 2M leaves there\(assumed), and as many in the image's own mapping, which "
      + "DirectMap2M counts too"
  }
}

// MARK: - Reading

extension MachineReading {
  /// What `/proc/iomem` tells.
  public init(_ text: IomemText, named name: String) throws(KernelTextError) {
    description = try text.machine(named: name)
    notes = []
    if let sign = text.armSign { notes.append(.arm64(sign)) }
    if description.image == nil, description.architecture == .x86_64 {
      let frames = text.imageFrames
      notes.append(
        .imageMissing(
          MissingImage(
            frames: frames, pages: MissingImage.usualPages, isSizeTold: false,
            allows1G: description.cpu.allows1G)))
    }
  }

  /// What a kernel log tells.
  public init(_ text: DmesgText, named name: String) throws(KernelTextError) {
    description = try text.machine(named: name)
    release = text.release
    notes = []
    if text.architecture == .arm64 { notes.append(.arm64Log) }
    if description.cpu[.sme] { notes.append(.encrypted(by: "AMD SME")) }
    if description.cpu[.sev] { notes.append(.encrypted(by: "AMD SEV")) }
    if text.architecture == .arm64 { return }
    if description.cpu[.la57] { notes.append(.fiveLevels) }
    notes.append(
      .imageMissing(
        MissingImage(
          frames: nil, pages: text.imagePages ?? MissingImage.usualPages,
          isSizeTold: text.imagePages != nil, allows1G: description.cpu.allows1G)))
    if text.isBottomUp { notes.append(.builtUpwards) }
  }
}
