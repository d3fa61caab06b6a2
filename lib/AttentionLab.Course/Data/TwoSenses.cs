namespace AttentionLab.Course.Data;

/// <summary>Sentences in which a word has one of two senses.</summary>
/// <param name="Word">The word.</param>
/// <param name="First">Sentences with its first sense.</param>
/// <param name="Other">Sentences with its second sense.</param>
public sealed record TwoSenses(string Word, IReadOnlyList<string> First, IReadOnlyList<string> Other)
{
    /// <summary>All sentences, those of the first sense first.</summary>
    public IReadOnlyList<(string Text, bool Second)> All => [.. First.Select(text => (text, false)), .. Other.Select(text => (text, true))];

    /// <summary>*Apple*, the fruit and the maker of computers: 24 sentences of our own for each sense, none copied from the encoder's training text.</summary>
    public static TwoSenses Apple { get; } = new("apple",
    [
        "she ate a ripe apple from the tree in the garden.", "an apple is a round fruit with red or green skin.", "the pie is made of apple, sugar and butter.",
        "he peeled the apple with a small knife.", "the juice of the apple is made into cider.", "a sour apple grows on the old tree.",
        "the orchard gives apple and pear in autumn.", "cut the apple into slices and bake it in the oven.", "a worm had eaten a hole in the apple.",
        "the child picked an apple and gave it to the horse.", "a basket of apple and plum stood on the table.", "the skin of the apple was yellow and smooth.",
        "the seeds of the apple are small and brown.", "an apple fell from the branch to the ground.", "the farmer planted apple and cherry on the hill.",
        "sweet apple is boiled with honey to make a sauce.", "the flower of the apple is white and pink.", "birds and wasps feed on the fallen apple.",
        "he bit into the hard green apple.", "in winter the apple is kept in a cold cellar.", "the wood of the apple is hard and heavy.",
        "a slice of apple was served with cheese.", "the apple was rotten and full of brown spots.", "vinegar is made from the juice of the apple.",
    ],
    [
        "apple sold a computer with a new operating system.", "the software runs on an apple computer with a graphical user interface.",
        "apple released a new version of its processor and memory.", "the program was written for the apple machine by a software company.",
        "apple makes hardware, disk drives and network software.", "the file system of the apple computer stores data on the disk.",
        "a user of an apple computer can download the program from the internet.", "apple and ibm designed a processor for personal computers.",
        "the keyboard of the apple has a key for commands.", "apple published the source code of the kernel.",
        "the printer is connected to the apple by a cable.",
        "an apple with more memory runs two programs at once.", "the engineers of apple designed a chip for the screen.",
        "a bug in the apple compiler was fixed in the next release.", "the apple laptop has a battery and a wireless network card.",
        "apple sued the company because of a patent on its interface.", "the game was first written in basic for the apple.",
        "apple announced a phone with a touch screen.", "the mouse of the apple has only one button.", "the company bought shares of apple on the market.",
        "the apple server stores the messages of all users.", "apple stopped the sale of its old printer.",
        "students learned to program on an apple at school.",
        "the apple window system was copied by other companies.",
    ]);
}
