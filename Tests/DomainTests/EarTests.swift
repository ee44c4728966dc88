import Synchronization
import Testing

@testable import Domain

@Suite("Who is to be told")
struct EarTests {
    @Test("However often something is told, telling it takes no more stack")
    func often() {
        let ear = Ear<Int>()
        let sum = Atomic(0)
        ear.listen { sum.add($0, ordering: .relaxed) }
        for _ in 0..<200_000 { ear.tell(1) }
        #expect(sum.load(ordering: .relaxed) == 200_000)
    }
}
