import Ledger
import Testing

@Suite("Accounts")
struct AccountTests {
    @Test("An account's name says what it counts, and whether its balance is kept")
    func names() {
        let table: [(AccountName, String, AccountName.Unit, Bool)] = [
            (.world("owner-credit"), "world/owner-credit", .money, false),
            (.world("owner-credit", isTest: true), "test-world/owner-credit", .testMoney, false),
            (.wallet("mara"), "wallet/mara", .money, true),
            (.wallet("mara", isTest: true), "test-wallet/mara", .testMoney, true),
            (.revenue("domains"), "revenue/domains", .money, false),
            (.revenue("domains", isTest: true), "test-revenue/domains", .testMoney, false),
            (.credits("router"), "credits/router", .money, true),
            (.credits("router", isTest: true), "test-credits/router", .testMoney, true),
            (.routerRevenue(), "router-revenue", .money, false),
            (.routerRevenue(isTest: true), "test-router-revenue", .testMoney, false),
            (.overrun(), "overrun", .money, false),
            (.overrun(isTest: true), "test-overrun", .testMoney, false),
            (.adjustment(), "adjustment", .money, false),
            (.adjustment(isTest: true), "test-adjustment", .testMoney, false),
            (.budget("mara/day"), "budget/mara/day", .budget, true),
            (.limits, "limits", .budget, false),
            (.refundable("1"), "refundable/1", .refundable, true),
            (.captures, "captures", .refundable, false),
        ]
        for (name, text, unit, isLimited) in table {
            #expect(name.text == text)
            #expect(name.unit == unit && name.isLimited == isLimited, "\(text)")
        }
    }

    @Test("A purchase is held of the wallet and of every budget, and paid of them; then it may be given back")
    func purchase() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 50.00           | wallet/mara +50.00
            2 single limits -> budget/day 20.00                | budget/day +20.00
            3 single limits -> budget/week 30.00               | budget/week +30.00

            4 hold wallet/mara -> revenue/domains 15.00
            & 5 hold budget/day -> limits 15.00
            & 6 hold budget/week -> limits 15.00 \
            | wallet/mara +50.00 (-15.00), budget/day +20.00 (-15.00), budget/week +30.00 (-15.00)

            7 hold wallet/mara -> revenue/domains 6.00         linkedRefused
            & 8 hold budget/day -> limits 6.00                 exceedsCredits
            & 9 hold budget/week -> limits 6.00                linkedRefused

            10 post 4 14.00
            & 11 post 5 14.00
            & 12 post 6 14.00
            & 13 single captures -> refundable/1 14.00         | wallet/mara +50.00 -14.00, \
            budget/day +20.00 -14.00, budget/week +30.00 -14.00, refundable/1 +14.00

            14 single revenue/domains -> wallet/mara 10.00
            & 15 single refundable/1 -> captures 10.00         | wallet/mara +60.00 -14.00, refundable/1 +14.00 -10.00
            16 single revenue/domains -> wallet/mara 4.01      linkedRefused
            & 17 single refundable/1 -> captures 4.01          exceedsCredits
            16 single revenue/domains -> wallet/mara 4.00
            & 17 single refundable/1 -> captures 4.00          | wallet/mara +64.00 -14.00, refundable/1 +14.00 -14.00
            """)
    }

    @Test("A budget counts what is held, and has it again when that is voided")
    func budget() throws {
        try Page(
            """
            1 single limits -> budget/day 20.00                | budget/day +20.00
            2 hold budget/day -> limits 20.00                  | budget/day +20.00 (-20.00)
            3 hold budget/day -> limits 0.01                   exceedsCredits
            4 void 2                                           | budget/day +20.00
            5 hold budget/day -> limits 20.00                  | budget/day +20.00 (-20.00)
            6 post 5                                           | budget/day +20.00 -20.00
            7 hold budget/day -> limits 0.01                   exceedsCredits
            8 single limits -> budget/day 5.00                 | budget/day +25.00 -20.00
            9 hold budget/day -> limits 5.00                   | budget/day +25.00 -20.00 (-5.00)
            """)
    }

    @Test("What an answer costs is paid of the service's credits; what it costs above its bound is the store's loss")
    func router() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 25.00           | wallet/mara +25.00
            2 single wallet/mara -> credits/router 25.00       | wallet/mara +25.00 -25.00, credits/router +25.00
            3 hold credits/router -> router-revenue 5.00       | credits/router +25.00 (-5.00)
            4 post 3 1.25                                      | credits/router +25.00 -1.25
            5 hold credits/router -> router-revenue 5.00       | credits/router +25.00 -1.25 (-5.00)
            6 post 5 5.00
            & 7 single overrun -> router-revenue 0.40          | credits/router +25.00 -6.25
            8 hold credits/router -> router-revenue 18.76      exceedsCredits
            """)
    }

    @Test("Money, money that is played with, budgets and refunds do not mix")
    func units() throws {
        try Page(
            """
            1 single world/card -> test-wallet/mara 1.00       unitsDiffer
            1 single test-world/card -> wallet/mara 1.00       unitsDiffer
            1 single world/card -> budget/day 1.00             unitsDiffer
            1 single limits -> refundable/1 1.00               unitsDiffer
            1 single captures -> wallet/mara 1.00              unitsDiffer
            1 single test-world/card -> test-wallet/mara 1.00  | test-wallet/mara +1.00
            """)
    }

    @Test("A mistake is put right by another transfer")
    func correction() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 5.00            | wallet/mara +5.00
            2 single wallet/mara -> adjustment 6.00            exceedsCredits
            2 single wallet/mara -> adjustment 5.00            | wallet/mara +5.00 -5.00
            3 single adjustment -> wallet/mara 2.00            | wallet/mara +7.00 -5.00
            """)
    }
}
