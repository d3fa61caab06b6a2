namespace AttentionLab.Course.Data;

/// <summary>
/// Sentences of our own in the style of a dictionary, on which chapters question the encoder in <c>data/encoder</c>. None of them was copied from
/// its training text; such short definitions may still stand there by chance.
/// </summary>
public static class Definitions
{
    /// <summary>36 sentences of 7 to 10 words, in lower case.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "a bird that lives near the sea and eats fish.", "the part of a plant that grows under the ground.", "a small animal with long ears and a short tail.",
        "to move quickly through the water with the arms.", "a tool with a sharp blade used for cutting wood.",
        "the liquid that flows in the body of an animal.",
        "a program that controls the devices of a computer.", "a piece of music written for one voice.", "the act of taking something that belongs to another.",
        "a large ship used for carrying goods or people.", "a room in which food is cooked and eaten.", "the study of the stars and the planets.",
        "a list of words together with their meanings.", "the time between the morning and the evening.", "a vessel in which water is made to boil.",
        "to make a loud and very sudden noise.", "a network that connects computers all over the world.", "the highest point of a mountain or a hill.",
        "a long and narrow piece of cloth or leather.", "a person who is the ruler of a country.", "a fruit with a thick skin and sweet juice.",
        "the state of being free from any danger.", "a machine that prints text on sheets of paper.", "the art of building houses, bridges and towers.",
        "a coin that is made of gold or silver.", "to say something in a low and quiet voice.", "a field on which corn or wheat is grown.",
        "the child of your brother or of your sister.", "a person who knows the law and advises others.", "a game that is played with a small ball.",
        "a set of instructions that a computer can follow.", "a soldier who fights on the back of a horse.", "a place in which books are kept and read.",
        "the flat land along the edge of a river.", "a plant that lives for only one year.", "a thin metal wire that carries electric current.",
    ];
}
