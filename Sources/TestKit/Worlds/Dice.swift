package import Domain
import Foundation
import Synchronization

/// Numbers that look random and are the same for the same seed (SplitMix64).
package struct Dice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// True so many times in a hundred.
    package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

extension SetClock {
    /// By this clock, with chance that is the same for the same seed.
    package func world(seed: UInt64) -> World {
        let chance = Mutex(Dice(seed: seed))
        var world = world
        world.random = { count in
            chance.withLock { dice in (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) } }
        }
        return world
    }
}

/// The seeds of a test's worlds: new ones each time, or the one of RIALTO_WORLD_SEED.
package struct WorldSeeds: Sendable {
    package let seeds: [UInt64]
    /// Whether one world is looked at again, so that nothing is said of all of them.
    package let isOne: Bool

    package init(_ count: Int) {
        let chosen = ProcessInfo.processInfo.environment["RIALTO_WORLD_SEED"].flatMap { UInt64($0) }
        isOne = chosen != nil
        let first = UInt64.random(in: 1...0xFFFF_FFFF)
        seeds = chosen.map { [$0] } ?? (0..<UInt64(count)).map { first + $0 }
    }
}

/// What went another way in a world than it must.
package struct Discrepancy: Error, CustomStringConvertible {
    package let description: String

    package init(seed: UInt64, step: Int, _ text: String) {
        description = "RIALTO_WORLD_SEED=\(seed), command \(step): \(text)"
    }
}
