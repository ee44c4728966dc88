import Domain

/// The numbers that fit a wish.
struct NumberShelf {
    private let ranges: [NumberRange]

    /// - Parameter wish: `countryCode`, `numberType`, `locality`.
    init(_ wish: JSONValue) {
        ranges = NumberRange.matching(
            country: wish["countryCode"]?.string ?? "", type: wish["numberType"]?.string ?? "",
            locality: wish["locality"]?.string)
    }

    private var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// A free number; which one is tried first depends on the service.
    func pick(_ service: String, in simulation: Simulation) throws -> String {
        let start = count == 0 ? 0 : Int(Chance.number(of: service) % UInt64(count))
        guard let number = try free(from: start, limit: 1, in: simulation).first else {
            throw Refusal.unavailable("$.numberType", "There is no free number of this kind in this country.")
        }
        return number
    }

    /// Numbers that nobody has, from a place on and round once.
    func free(
        from start: Int = 0, containing digits: String = "", limit: Int, in simulation: Simulation
    ) throws -> [String] {
        var found: [String] = []
        for step in 0..<count where found.count < limit {
            let number = number((start + step) % count)
            guard digits.isEmpty || number.contains(digits) else { continue }
            if try simulation.holder(of: "number/\(number)") == nil { found.append(number) }
        }
        return found
    }

    private func number(_ place: Int) -> String {
        var place = place
        for range in ranges {
            if place < range.count { return range.number(place) }
            place -= range.count
        }
        return ""
    }
}
