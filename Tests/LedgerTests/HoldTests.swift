import Ledger
import TestKit
import Testing

@Suite("Holds")
struct HoldTests {
    @Test("A hold keeps its amount until it is posted, voided or expired")
    func ends() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 10.00           | wallet/mara +10.00
            2 hold wallet/mara -> revenue/domains 4.00         | wallet/mara +10.00 (-4.00)
            3 hold wallet/mara -> revenue/domains 2.00         | wallet/mara +10.00 (-6.00)
            4 hold wallet/mara -> revenue/domains 3.50         | wallet/mara +10.00 (-9.50)
            5 post 2                                           | wallet/mara +10.00 -4.00 (-5.50)
            6 void 3                                           | wallet/mara +10.00 -4.00 (-3.50)
            7 expire 4                                         | wallet/mara +10.00 -4.00
            """)
    }

    @Test("Of a hold as much is posted as is asked for; the rest is free again")
    func less() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 10.00           | wallet/mara +10.00
            2 hold wallet/mara -> revenue/domains 10.00        | wallet/mara +10.00 (-10.00)
            3 single wallet/mara -> revenue/domains 0.01       exceedsCredits
            4 post 2 10.01                                     exceedsPending
            5 post 2 0.00                                      amountNotPositive
            6 post 2 0.01                                      | wallet/mara +10.00 -0.01
            7 post 2 0.01                                      alreadyPosted
            8 single wallet/mara -> revenue/domains 9.99       | wallet/mara +10.00 -10.00
            """)
    }

    @Test(
        "A hold ends once",
        arguments: [("post", "alreadyPosted"), ("void", "alreadyVoided"), ("expire", "alreadyExpired")])
    func once(_ end: String, _ outcome: String) throws {
        let page = try Page(
            """
            1 single world/card -> wallet/mara 10.00           | wallet/mara +10.00
            2 hold wallet/mara -> revenue/domains 4.00         | wallet/mara +10.00 (-4.00)
            3 \(end) 2                                         | wallet/mara +10.00\(end == "post" ? " -4.00" : "")
            3 \(end) 2                                         alreadyThere
            4 post 2                                           \(outcome)
            4 void 2                                           \(outcome)
            4 expire 2                                         \(outcome)
            """)
        #expect(page.book.journal.count == 3)
    }

    @Test("A hold is ended as it was made: between the same accounts, and voided whole")
    func same() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 10.00           | wallet/mara +10.00
            2 hold wallet/mara -> revenue/domains 4.00         | wallet/mara +10.00 (-4.00)
            3 post 2 wallet/otto -> revenue/domains 4.00       pendingDiffers
            3 post 2 wallet/mara -> revenue/compute 4.00       pendingDiffers
            3 void 2 wallet/mara -> revenue/compute 4.00       pendingDiffers
            3 void 2 3.00                                      pendingDiffers
            3 expire 2 5.00                                    pendingDiffers
            3 void 1                                           notPending
            3 void 9 wallet/mara -> revenue/domains 4.00       pendingNotFound
            3 void 2                                           | wallet/mara +10.00
            4 void 3                                           notPending
            """)
    }

    @Test("What is on its way in cannot be spent before it is there")
    func coming() throws {
        try Page(
            """
            1 hold world/card -> wallet/mara 5.00              | wallet/mara (+5.00)
            2 hold wallet/mara -> wallet/otto 5.00             exceedsCredits
            3 post 1 4.00                                      | wallet/mara +4.00
            4 hold wallet/mara -> wallet/otto 4.00             | wallet/mara +4.00 (-4.00), wallet/otto (+4.00)
            5 hold wallet/otto -> revenue/domains 1.00         exceedsCredits
            6 post 4                                           | wallet/mara +4.00 -4.00, wallet/otto +4.00
            7 hold wallet/otto -> revenue/domains 1.00         | wallet/otto +4.00 (-1.00)
            """)
    }

    @Test("What is held can be posted, however much has come in meanwhile")
    func room() throws {
        try Page(
            """
            1 single world/card -> wallet/mara 5.00            | wallet/mara +5.00
            2 hold wallet/mara -> wallet/croesus 5.00          | wallet/mara +5.00 (-5.00), wallet/croesus (+5.00)
            3 single world/card -> wallet/croesus max          overflow
            4 hold world/card -> wallet/croesus max            overflow
            5 post 2                                           | wallet/mara +5.00 -5.00, wallet/croesus +5.00
            6 single world/card -> wallet/croesus max          overflow
            """)
    }
}
