import Domain
import Ledger
import TestKit
import Testing

/// Lines as they come.
private final class Lines {
    var texts: [String] = []
}

@Suite("Verifying books")
struct AuditTests {
    /// Books with everything in them: paid, given back, let go of.
    private func books() async throws -> [String] {
        let stall = try await Stall()
        let disk = try await stall.buy(stall.order(key: "disk"))
        let line = try await stall.shop.purchase(stall.order("cat_line", key: "line"), for: stall.agent)
        _ = try await stall.shop.cancel(purchase: line.purchase.id, for: stall.agent, key: nil, reason: nil)
        _ = try await stall.shop.refund(
            purchase: disk.id, amount: nil, reasonCode: "changed_mind", for: stall.agent, key: Stall.key("back"))
        let lines = Lines()
        try await stall.shop.export(account: nil) { lines.texts.append(try $0.render()) }
        return lines.texts
    }

    private func faults(of lines: [String]) -> [String] {
        var audit = Audit()
        for (number, line) in lines.enumerated() { audit.read(line, number: number + 1) }
        audit.finish()
        return audit.faults
    }

    @Test("Whichever byte of exported books is another, it is found")
    func everyByte() async throws {
        let lines = try await books()
        #expect(faults(of: lines) == [])
        for place in lines.indices {
            let bytes = Array(lines[place].utf8)
            for byte in bytes.indices {
                var (changed, other) = (lines, bytes)
                other[byte] ^= UInt8(1 << (byte % 8))
                changed[place] = String(decoding: other, as: UTF8.self)
                #expect(faults(of: changed) != [], "\(changed[place])")
            }
        }
    }

    @Test("A line that is missing is missed")
    func missing() async throws {
        let lines = try await books()
        for place in lines.indices {
            var changed = lines
            changed.remove(at: place)
            #expect(faults(of: changed) != [], "\(lines[place])")
        }
    }

    @Test("A chain that spends what was not there is no better for its hashes")
    func overdraft() throws {
        let account = ID(high: 1, low: 1)
        var (audit, hash) = (Audit(), [UInt8]())
        let transfers = [
            Transfer(
                id: TransferID(high: 1, low: 1), debit: .world("card"), credit: .wallet("mara"), amount: 10,
                code: "fund", actor: "owner", at: 0),
            Transfer(
                id: TransferID(high: 1, low: 2), debit: .wallet("mara"), credit: .revenue("domains"), amount: 11,
                code: "purchase", actor: "agent", at: 0),
        ]
        for (place, transfer) in transfers.enumerated() {
            let number = Int64(place + 1)
            hash = Chain.hash(of: transfer, number: number, after: hash)
            audit.read(.entry(BookEntry(account: account, sequence: number, transfer: transfer, hash: hash)))
        }
        #expect(audit.faults == ["Transfer 2 of account \(account) takes more than wallet/mara has."])
    }
}
