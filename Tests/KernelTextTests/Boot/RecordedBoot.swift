import Engine
import Foundation
import KernelText
import Testing

/// A recorded machine, as its first user-space process read it.
struct RecordedBoot: CustomTestStringConvertible {
  let kernel: KernelProfile
  let folder: String

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Recorded/boots")

  static let all: [RecordedBoot] =
    ["boot-4g", "boot-4g-pti", "boot-512m", "boot-8g-numa2"]
    .map { RecordedBoot(kernel: .linux6_1, folder: "linux-6.1.192/" + $0) }
    + [
      "boot-3g-q35", "boot-4g", "boot-4g-kfence", "boot-4g-nogbpages", "boot-512m",
      "boot-8g-numa2",
    ].map { RecordedBoot(kernel: .linux6_12, folder: "linux-6.12.117/" + $0) }
    + [
      "boot-20g", "boot-2g", "boot-4g", "boot-4g-kfence", "boot-4g-nogbpages", "boot-512m",
      "boot-6g-holes", "boot-8g-numa2",
    ].map { RecordedBoot(kernel: .linux7_2, folder: "linux-7.2.12/" + $0) }

  var testDescription: String { folder }
  var hasKFENCE: Bool { folder.hasSuffix("kfence") }
  var nodes: UInt64 { folder.hasSuffix("numa2") ? 2 : 1 }

  /// The CPU that the machine was started with: a fact of how it was recorded.
  var cpu: CPUFeatures {
    var cpu = CPUFeatures()
    cpu[.gbpages] = !folder.hasSuffix("nogbpages")
    cpu[.pti] = folder.hasSuffix("pti")
    return cpu
  }

  func text(_ file: String) throws -> String {
    try String(
      contentsOf: Self.root.appending(path: folder).appending(path: file), encoding: .utf8)
  }

  /// The machine booted from its `/proc/iomem`, with the nodes from its log.
  func booted(options: BootOptions = BootOptions()) throws -> Machine {
    var description = try IomemText(text("iomem.txt")).machine(named: folder, cpu: cpu)
    description.nodes = try DmesgText(text("dmesg.txt")).nodes
    return try Machine(booting: description, kernel: kernel, options: options)
  }

  func meminfo() throws -> NameValueText { try NameValueText(text("meminfo.txt")) }

  func leaves() throws -> [LeafRun] { try LeavesText(text("leaves.txt")).runs }

  /// The machine with the tables as they were recorded.
  func recordedMachine() throws -> Machine {
    let booted = try booted()
    return Machine(
      kernel: kernel, cpu: cpu, memory: booted.memory, leaves: try leaves(),
      directMapKilobytes: [:])
  }
}
