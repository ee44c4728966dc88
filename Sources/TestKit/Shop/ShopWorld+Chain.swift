import Domain

/// The chain, as it is and with one thing changed.
extension ShopWorld {
    mutating func checkChain() async throws {
        let audit = try await servers[0].shop.verify(account: nil)
        guard audit.faults.isEmpty else { throw ShopAuditor.Complaint("\(audit.faults)") }
        var lines: [String] = []
        let all = Lines()
        try await servers[0].shop.export(account: nil) { all.add(try $0.render()) }
        lines = all.texts
        guard Self.faults(of: lines) == [] else { throw ShopAuditor.Complaint("exported books have faults") }
        guard !lines.isEmpty else { return }
        for _ in 0..<4 {
            let place = dice.below(lines.count)
            var changed = lines
            changed[place] = flipped(lines[place])
            if Self.faults(of: changed) == [] {
                throw ShopAuditor.Complaint("nobody finds \(changed[place]) for \(lines[place])")
            }
            tally.count("flipped byte found")
        }
        let place = dice.below(lines.count)
        var fewer = lines
        fewer.remove(at: place)
        if Self.faults(of: fewer) == [] {
            throw ShopAuditor.Complaint("nobody misses \(lines[place])")
        }
    }

    /// One bit of one byte is another; what is no text then is none.
    private mutating func flipped(_ line: String) -> String {
        var bytes = Array(line.utf8)
        let place = dice.below(bytes.count)
        bytes[place] ^= 1 << UInt8(dice.below(8))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func faults(of lines: [String]) -> [String] {
        var audit = Audit()
        for (number, line) in lines.enumerated() { audit.read(line, number: number) }
        audit.finish()
        return audit.faults
    }
}

/// Lines as they come.
private final class Lines {
    private(set) var texts: [String] = []

    func add(_ text: String) { texts.append(text) }
}
