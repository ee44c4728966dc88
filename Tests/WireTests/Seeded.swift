import Foundation
import Testing

/// A generator whose run can be repeated: its seed is printed, and RIALTO_FUZZ_SEED sets it.
struct Seeded: RandomNumberGenerator {
    private static let seed =
        ProcessInfo.processInfo.environment["RIALTO_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...0xFFFF_FFFF)

    private var state: UInt64

    /// Each part of a test takes another stretch of numbers.
    init(_ name: String, part: Int = 0) {
        print("\(name) \(part): RIALTO_FUZZ_SEED=\(Self.seed)")
        state = Self.seed
        state ^= next() &* UInt64(part)
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int {
        Int(next() % UInt64(bound))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}

/// Makes inputs that are almost right.
struct Mutator {
    let seeds: [[UInt8]]
    let tokens: [[UInt8]]

    init(seeds: [String], tokens: [String], bytes: [[UInt8]] = []) {
        self.seeds = seeds.map { Array($0.utf8) }
        self.tokens = tokens.map { Array($0.utf8) } + bytes
    }

    func mutant(_ random: inout Seeded) -> [UInt8] {
        var bytes = random.pick(seeds)
        for _ in 0..<random.below(4) { mutate(&bytes, &random) }
        return bytes
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
        let place = random.below(bytes.count + 1)
        let length = min(random.below(8), bytes.count - place)
        switch random.below(6) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1: bytes.removeSubrange(place..<place + length)
        case 2: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
        case 3: bytes.removeSubrange(place...)
        case 4:
            let other = random.pick(seeds)
            let start = random.below(other.count + 1)
            bytes.insert(contentsOf: other[start..<min(start + 12, other.count)], at: place)
        default: bytes.insert(contentsOf: random.pick(tokens), at: place)
        }
    }
}

/// Cuts bytes into pieces at random places.
func pieces(_ bytes: [UInt8], _ random: inout Seeded) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + 1 + random.below(1 + random.below(40)))
        pieces.append(bytes[start..<end])
        start = end
    }
    return pieces
}

/// The bytes of a file that belongs to these tests.
func resource(_ path: String) throws -> Data {
    let url = try #require(Bundle.module.resourceURL)
    return try Data(contentsOf: url.appendingPathComponent(path))
}
