import Engine
import Screen
import TLB

/// The operands of one line, as far as its command has them.
package struct OperandValues {
  package var target = Call.Target.frame(0)
  package var panel: SpotlightPanel?
  package var frame: PFN = 0
  package var count: PageCount = 1
  package var stride: PageCount = 1
  package var place: VirtualAddress?
  package var area: Name?
  package var access = Call.Access.write
  package var order = 0
  package var node: Int?
  package var migrateType = MigrateType.unmovable
  package var pageTraits: Call.PageTraits = []
  package var isInSoftirq = false
  package var percent = 0
  package var operations = 0
  package var seed: UInt64 = 0
  package var boolean = false
  package var text = ""
  /// All texts, where there is more than one.
  package var texts: [String] = []
  package var keys: [Input] = []
  package var goal: Expression?
  package var expression = Expression.number(0)
  package var cpu = CPUSwitch.count(1)
  package var isOn: Bool?
  package var module = ModuleSizes()
  package var file: String?
  package var bytes: UInt32 = 0
  package var options = UserCall.VmallocOptions()
  /// Whether the word `noflush` was there.
  package var isWithoutFlush = false
  /// Whether the word `classic` was there.
  package var isClassic = false
  package var align: UInt64?
  package var policy = PolicyName.edgecombe2021
  package var number = 0
  package var answer = PageSupply.Answer.block(order: 0, nil)
  package var limit: Int?
  package var region: Stop.Region?
  package var watched = Stop.Condition.drift
  package var stop = Stop(.drift)
  package var leafSize: LeafSize?
  package var traits: UserRange.Traits = []
  package var firstPage: PageCount = 0
  /// Whether a count was given.
  package var wasCounted = false
  package var label = ""
  package var origin: SessionLine.Origin?
  package var isAnew = false
  package var function = FunctionCall("", [])
  package var poke = EntryPoke()
  /// The number of a display; `nil` for all of them.
  package var shown: Int?
  package var event = 0
  package var tlb = TLBQuestion(TLBRun(.teaching, .random))

  /// No operands yet.
  package init() {}

  package var frames: FrameStride { FrameStride(first: frame, stride: stride, count: count) }
}
