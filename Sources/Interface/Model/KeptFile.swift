/// Which file lies under a name, and in which state: two are equal as long as nothing wrote to the file
/// or put another one in its place.
public struct FileStamp: Equatable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let bytes: Int64
  private let seconds: Int64
  private let nanoseconds: Int64

  /// Creates a stamp.
  ///
  /// - Parameters:
  ///   - device: the file system.
  ///   - inode: the number of the file in it.
  ///   - bytes: its length.
  ///   - seconds: when it was written to last, since 1970.
  ///   - nanoseconds: the part of a second of that time.
  public init(device: UInt64, inode: UInt64, bytes: Int64, seconds: Int64, nanoseconds: Int64) {
    self.device = device
    self.inode = inode
    self.bytes = bytes
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }
}

/// The file that a session was read from or saved to.
public struct KeptFile: Equatable, Sendable {
  /// Its name.
  public var path: String
  /// Its state when it was read or saved; nil for what cannot be saved to again, such as a pipe.
  public var stamp: FileStamp?
  /// What of it the session does not hold, a line each: it goes if the file is replaced.
  public var losses: [String]

  /// Creates a file.
  public init(path: String, stamp: FileStamp?, losses: [String] = []) {
    self.path = path
    self.stamp = stamp
    self.losses = losses
  }
}

/// Which file a text may take the place of.
public enum Replacing: Equatable, Sendable {
  /// None: the name must be free.
  case nothing
  /// The one that was read or saved last, if it is as it was then and nothing of it would go.
  case own(KeptFile)
  /// Any plain file.
  case anything
}
