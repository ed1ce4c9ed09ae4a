public import Engine
import Foundation
public import KernelText
public import Testing

/// A recorded machine, as its first user-space process read it.
public struct RecordedBoot: CustomTestStringConvertible, Sendable {
  /// Its kernel.
  public let kernel: KernelProfile
  /// The folder of its texts, below those of all.
  public let folder: String

  private static let root = "Tests/KernelTextTests/Recorded/boots/"

  /// All of them.
  public static let all: [RecordedBoot] =
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

  /// Those with a page-table dump.
  public static let dumped = all.filter {
    FileManager.default.fileExists(
      atPath: ProjectFiles.root.appending(path: root + $0.folder + "/ptdump.txt").path)
  }

  /// Its folder.
  public var testDescription: String { folder }
  /// Whether it has a pool of KFENCE.
  public var hasKFENCE: Bool { folder.hasSuffix("kfence") }
  /// The number of its nodes.
  public var nodes: UInt64 { folder.hasSuffix("numa2") ? 2 : 1 }

  /// The CPU that the machine was started with: a fact of how it was recorded.
  public var cpu: CPUFeatures {
    var cpu = CPUFeatures()
    cpu[.gbpages] = !folder.hasSuffix("nogbpages")
    cpu[.pti] = folder.hasSuffix("pti")
    return cpu
  }

  /// One of its texts.
  public func text(_ file: String) throws -> String {
    try ProjectFiles.text(Self.root + folder + "/" + file)
  }

  /// The machine booted from its `/proc/iomem`, with the nodes from its log.
  public func booted(options: BootOptions = BootOptions()) throws -> Machine {
    var description = try IomemText(text("iomem.txt")).machine(named: folder, cpu: cpu)
    description.nodes = try DmesgText(text("dmesg.txt")).nodes
    return try Machine(booting: description, kernel: kernel, options: options)
  }

  /// What meminfo showed.
  public func meminfo() throws -> NameValueText { try NameValueText(text("meminfo.txt")) }

  /// The leaves of its direct map.
  public func leaves() throws -> [LeafRun] { try LeavesText(text("leaves.txt")).runs }

  /// The machine with the tables as they were recorded.
  public func recordedMachine() throws -> Machine {
    let booted = try booted()
    return Machine(
      kernel: kernel, cpu: cpu, memory: booted.memory, leaves: try leaves(),
      directMapKilobytes: [:])
  }
}
