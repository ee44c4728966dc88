import Ledger
import Testing

@Suite("Money")
struct MoneyTests {
    @Test(
        "Dollars are read digit by digit",
        arguments: [
            ("25", 25_000_000), ("25.5", 25_500_000), ("0.07", 70_000), ("0.075", nil), ("", nil), (".5", nil),
            ("5.", nil), ("-5", nil), ("1e2", nil), ("1234567890123", nil), ("٢٥", nil),
        ] as [(String, Int64?)])
    func read(_ text: String, _ micros: Int64?) {
        #expect(Money(dollars: text)?.micros == micros)
    }

    @Test("Dollars are written with two places, or as many as it takes")
    func written() {
        #expect(Money(micros: 25_000_000).dollars == "25.00")
        #expect(Money(micros: -70_001).dollars == "-0.070001")
        #expect(Money(micros: .min).dollars == "-9223372036854.775808")
    }

    @Test("What would overflow is nil")
    func overflow() {
        #expect(Money(micros: .max).plus(Money(micros: 1)) == nil)
        #expect(Money(minor: .max) == nil)
        #expect(Money(micros: .min).minus(Money(micros: 1)) == nil)
    }
}
