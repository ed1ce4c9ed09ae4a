import Engine
import TLB
import TestSupport

/// A booted machine of the teaching size.
func teachingMachine(_ kernel: KernelProfile = .linux6_12) throws -> Machine {
  guard let description = MachineDescription(builtIn: "teaching-4g") else {
    preconditionFailure("teaching-4g is built in.")
  }
  return try Machine(booting: description, kernel: kernel)
}

/// The direct-map address of a frame.
func address(_ pfn: UInt64) -> VirtualAddress { AddressLayout.directMapAddress(of: PFN(pfn)) }

extension TLBModel {
  /// One fully associative array for everything, and nothing else.
  static func single(_ entries: Int) -> TLBModel {
    TLBModel(
      name: "single", summary: "",
      first: [Cells(ways: entries, [.whole(.size4K), .whole(.size2M), .whole(.size1G)])])
  }
}
