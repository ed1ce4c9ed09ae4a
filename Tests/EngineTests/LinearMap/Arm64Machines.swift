import Engine
import TestSupport
import Testing

extension Machine {
  /// A booted arm64 machine of so many GiB in one bank.
  static func arm64(
    gibibytes: UInt64, kernel: KernelProfile = .linux6_12Arm64, policies: [PolicyName] = [],
    _ change: (inout CPUFeatures) -> Void = { _ in },
  ) throws -> Machine {
    var description = MachineDescription.arm64(name: "test", bytes: gibibytes << 30)
    change(&description.cpu)
    return try Machine(
      booting: description, kernel: kernel,
      options: BootOptions(policies: try PolicySet(policies)))
  }

  /// The runs of the linear map, without holes, as `start pages size CONT`.
  var linearRuns: [String] {
    let range = directMapRange
    return tables.runs(from: range.lowerBound, pages: range.upperBound - range.lowerBound)
      .compactMap { run in
        guard let size = run.size, let pfn = AddressLayout.directMapFrame(of: run.start) else {
          return nil
        }
        return "\(pfn.hex) \(run.leafCount) x \(size.name)"
          + (run.flags.contains(.contiguous) ? " CONT" : "")
          + (run.flags.contains(.writable) ? "" : " ro")
          + (run.flags.contains(.present) ? "" : " invalid")
      }
  }
}

extension MachineDescription {
  /// A machine of these frames.
  static func arm64(frames: [Range<UInt64>]) -> MachineDescription {
    MachineDescription(
      name: "banks",
      e820: frames.map {
        E820Entry(
          PhysicalAddress($0.lowerBound << 12)..<PhysicalAddress($0.upperBound << 12), .usable)
      }, cpu: CPUFeatures(), image: nil, architecture: .arm64)
  }
}
