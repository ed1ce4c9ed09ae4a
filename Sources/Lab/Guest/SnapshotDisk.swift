/// An empty disk image of the qcow2 format, in which QEMU keeps snapshots.
///
/// Source: QEMU's docs/interop/qcow2.txt, version 2.
enum SnapshotDisk {
  private static let clusterBits = 16
  private static let cluster = 1 << clusterBits

  /// The image: a header, a table of counts, the counts of the first four clusters, and a table of
  /// clusters for a disk of 64 KiB.
  static var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4 * cluster)
    func put(_ value: Int, bytes count: Int, at place: Int) {
      for byte in 0..<count {
        bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - byte)))
      }
    }
    bytes.replaceSubrange(0..<4, with: [0x51, 0x46, 0x49, 0xfb])
    put(2, bytes: 4, at: 4)
    put(clusterBits, bytes: 4, at: 20)
    put(cluster, bytes: 8, at: 24)
    // The table of clusters: its size and place.
    put(1, bytes: 4, at: 36)
    put(3 * cluster, bytes: 8, at: 40)
    // The table of counts: its place and size.
    put(cluster, bytes: 8, at: 48)
    put(1, bytes: 4, at: 56)
    put(2 * cluster, bytes: 8, at: cluster)
    for index in 0..<4 { put(1, bytes: 2, at: 2 * cluster + 2 * index) }
    return bytes
  }
}
