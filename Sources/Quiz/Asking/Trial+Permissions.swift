import Engine
import Narration

// Questions about the permissions of a page, at its address and through the direct map.

extension Trial {
  var permissionQuestion: Question? {
    guard let subject, maySplit, returned == .success,
      let leaf = after.tables.lookup(subject.address)
    else { return nil }
    let old = before.tables.lookup(subject.address)
    return permission(
      .permission,
      "What may be done with \(subject.words)\(subject.alias == nil ? "" : " at its own address") after "
        + "the call?", leaf, old, (nil, nil))
  }

  var aliasQuestion: Question? {
    guard let subject, let alias = subject.alias, maySplit, returned == .success,
      let leaf = after.tables.lookup(alias), let own = after.tables.lookup(subject.address)
    else { return nil }
    let old = before.tables.lookup(alias)
    return permission(
      .alias,
      "What may be done with \(subject.directWords) through the direct map after the call?", leaf,
      old, (PermissionClass(own.flags, own.size), crossing))
  }

  /// The part of the call that reaches the direct map.
  private var crossing: String {
    if before.kernel.architecture == .arm64 {
      return "On arm64 the linear map follows RDONLY alone, and only with rodata=full."
    }
    return before.kernel.aliasNX == .stripped
      ? "ro, rw, np and cache types cross over to the direct map; x and nx do not."
      : "A call that changes NX alone looks for no alias in \(before.kernel.name)."
  }

  /// - Parameter trap: the answer of learners who think that both mappings are equal, and why it is
  ///   wrong.
  private func permission(
    _ kind: Question.Kind, _ text: String, _ leaf: PageTables.Leaf, _ old: PageTables.Leaf?,
    _ trap: (PermissionClass?, String?),
  ) -> Question? {
    let right = PermissionClass(leaf.flags, leaf.size)
    let was = old.map { PermissionClass($0.flags, $0.size) }
    let all: [PermissionClass] = [.rwNX, .roNX, .roX, .notPresent, .uncached, .rwX]
    var maker = QuestionMaker(kind, text)
    for permission in [right] + [trap.0, was].compactMap(\.self) + all.prefix(4) {
      let mistake =
        permission == trap.0
        ? trap.1
        : permission == was ? "That is what it was; the call changed its entry." : nil
      maker.offer(
        permission.answer, order: Int64(permission.rawValue), aliases: permission.aliases,
        mistake: mistake ?? "The call does not ask for that.")
    }
    let flags = "Its \(leaf.size.name) entry is \(leaf.flags.text(leaf.size)) then."
    let told = reasons(1) { event in
      if case .decided(.aliasInDirectMap) = event { return kind == .alias }
      if case .decided(.linearMap(.notMirrored)) = event { return kind == .alias }
      if case .decided(.linearMap(.mirrored)) = event { return kind == .alias }
      if case .decided(.sameProtection) = event { return kind == .permission }
      return false
    }
    let rule = kind == .alias && told.isEmpty ? [crossing] : []
    return maker.question(([flags] + told + rule).joined(separator: " "))
  }
}

extension PermissionClass {
  /// The class as an answer.
  fileprivate var answer: String {
    switch self {
    case .rwNX: "RW NX"
    case .roNX: "RO NX"
    case .roX: "RO X"
    case .rwX: "RW X"
    case .notPresent: "nothing: not present"
    case .uncached: "uncached"
    case .hole: "nothing: not mapped"
    }
  }

  /// Other spellings of it.
  fileprivate var aliases: [String] {
    switch self {
    case .rwNX: ["rw", "writable"]
    case .roNX: ["ro", "read-only"]
    case .roX: ["rox"]
    case .rwX: ["rwx"]
    case .notPresent: ["not present", "np", "nothing"]
    case .uncached: ["uc", "uc-", "wc", "wt"]
    case .hole: ["not mapped"]
    }
  }
}
