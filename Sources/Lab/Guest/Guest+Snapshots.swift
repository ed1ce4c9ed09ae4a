/// A guest at a moment: it can be brought back there.
struct GuestSnapshot {
  fileprivate let name: String
  fileprivate let memory: MemoryCopy

  /// How much memory it takes, in bytes.
  var bytes: UInt64 { memory.bytes }
}

extension Guest {
  /// Keeps the guest as it is. It costs a copy of what the guest has written to its memory: 120 MiB after
  /// boot.
  func save() throws(LabError) -> GuestSnapshot {
    snapshotCount += 1
    let name = "s\(snapshotCount)"
    let memory = try qemu.memory.copy()
    try qemu.monitor.save(name)
    return GuestSnapshot(name: name, memory: memory)
  }

  /// Brings the guest back to where it was kept. A kernel that has stopped since runs again.
  func restore(_ snapshot: GuestSnapshot) throws(LabError) {
    // The memory last: QEMU resets the machine when it loads, and on arm64 it puts the kernel's file into the RAM
    // again then, over the kernel's tables.
    try qemu.monitor.load(snapshot.name)
    qemu.memory.restore(snapshot.memory)
    isBroken = false
  }

  /// Forgets a snapshot in QEMU.
  func forget(_ snapshot: GuestSnapshot) { try? qemu.monitor.remove(snapshot.name) }
}
