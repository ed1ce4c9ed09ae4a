public import Engine
public import KernelText

/// Texts from machines of real users, reduced from public reports.
public enum FieldCase {
  /// The text of a file.
  public static func text(_ path: String) throws -> String {
    try ProjectFiles.text("Tests/KernelTextTests/Recorded/field/" + path)
  }

  /// A log.
  public static func log(_ path: String) throws -> DmesgText { try DmesgText(text(path)) }

  /// The machine of a log, booted with the kernel nearest to the log's.
  public static func booted(log path: String) throws -> Machine {
    let log = try log(path)
    let kernel = log.version.map { KernelProfile.nearest(to: $0, on: log.architecture) }
    return try Machine(
      booting: log.machine(named: path), kernel: kernel ?? .standard(for: log.architecture))
  }

  /// The machine of `/proc/iomem`, booted.
  public static func booted(iomem path: String, _ kernel: KernelProfile) throws -> Machine {
    try Machine(booting: IomemText(text(path)).machine(named: path), kernel: kernel)
  }

  /// The kilobytes of DirectMap4k, 2M and 1G.
  public static func kilobytes(_ machine: Machine) -> [Int64] {
    LeafSize.allCases.map { machine.directMapKilobytes($0) }
  }
}
