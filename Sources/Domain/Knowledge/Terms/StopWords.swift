/// Words of English and Portuguese that say nothing about what a text is about, without accents.
///
/// Chosen from Snowball's two lists: those left out that are words of weight in the other language or in a product
/// (`get`, `up`, `off`, `under`, `id`), those added that people ask with (`gostaria`, `please`).
enum StopWords {
    static func contains(_ word: [UInt8]) -> Bool {
        word.count <= longest && all.contains(word)
    }

    private static let all = Set((english + " " + portuguese).split(separator: " ").map { Array($0.utf8) })
    private static let longest = all.map(\.count).max() ?? 0

    private static let english = """
        a about again also am an and any are as at be because been being both but by can cannot could did do does \
        doing during each eg etc few for from further got had has have having he her here hers him his how i ie \
        if in into is it its itself just let like may me might more most must my no nor not now of on once only \
        or other our ours own please same shall she should so some such than that the their theirs them then \
        there these they this those through to too until upon very want was we were what when where whether which \
        while who whom whose why will with would you your yours yourself dont cant wont didnt doesnt isnt arent \
        wasnt werent couldnt shouldnt wouldnt havent hasnt hadnt
        """

    private static let portuguese = """
        a ao aos aquela aquelas aquele aqueles aquilo as ate com como da das de dela delas dele deles do dos e \
        ela elas ele eles em entao entre era eram essa essas esse esses esta estao estas estava este estes estou \
        eu faco faz fazer foi for foram gostaria ha isso isto ja la lhe lhes mais mas me mesma mesmo meu meus \
        minha minhas muito na nao nas nem no nos nossa nossas nosso nossos num numa o onde os ou para pela pelas \
        pelo pelos pode podem poderia por porque posso pra qual quais quando quanta quantas quanto quantos que \
        quem queria quero se seja sem sendo ser sera seu seus so sob sou sua suas tal tambem te tem tenho ter teu \
        tua um uma umas uns vai vao voce voces
        """
}
