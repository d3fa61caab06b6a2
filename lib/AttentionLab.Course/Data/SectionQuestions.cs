namespace AttentionLab.Course.Data;

/// <summary>
/// What people ask, in words of their own, and the section of the course that answers it. Written before any search was tried, and never
/// changed to please one.
/// </summary>
public static class SectionQuestions
{
    /// <summary>Question and number of the section.</summary>
    public static IReadOnlyList<(string Text, string Section)> All { get; } =
    [
        ("Is my computer quick enough for this?", "0.1"),
        ("What do the colours in such a picture of numbers mean?", "0.2"),
        ("How do I find out whether my solution is right?", "0.3"),
        ("Does reading text teach which terms belong together?", "1.2"),
        ("Must the input table be pretrained?", "1.3"),
        ("Does arithmetic with royal people work?", "1.5"),
        ("How does the meaning shift because of the company a term keeps?", "2.1"),
        ("Does it matter how similarity is measured?", "2.2"),
        ("What happens if a vector is much longer than the others?", "2.3"),
        ("Can the result leave the region spanned by the inputs?", "2.5"),
        ("Is there a limit to how peaked normalised similarities get?", "2.6"),
        ("Why do products of many components get so big?", "3.1"),
        ("Can it be trained if nothing is divided?", "3.3"),
        ("Couldn't I just take smaller steps of the optimiser instead?", "3.7"),
        ("What breaks when asking and being asked use the same numbers?", "4.1"),
        ("Why not mix the inputs themselves?", "4.3"),
        ("Can memory be saved by sharing two of the projections?", "4.5"),
        ("Would a neural network per projection be stronger?", "4.7"),
        ("Changing one coordinate of an input: what reacts?", "5.3"),
        ("Should I normalise metres and kilograms first?", "5.5"),
        ("Do recommender systems have something similar?", "5.7"),
        ("How is the chain rule applied to a normalised exponential?", "6.1"),
        ("Which step size is best for checking derivatives numerically?", "6.4"),
        ("Would a wrong sign be discovered by the test?", "6.5"),
        ("How much more expensive is training than prediction?", "6.6"),
        ("What is lost if part of a layer is switched off?", "7.3"),
        ("How many of them are superfluous together?", "7.5"),
        ("How do I notice that the future is visible by mistake?", "8.2"),
        ("Connecting language with a picture", "8.3"),
        ("A hidden entry is not a number: does it spoil the result?", "8.4"),
        ("If I shuffle the sentence, does anything change?", "9.1"),
        ("Rotating vectors by an angle that depends on where they stand", "9.4"),
        ("Penalise far away tokens", "9.5"),
        ("Texts longer than any seen before", "9.6"),
        ("Why is the input added again after each sublayer?", "10.2"),
        ("Normalise before or after?", "10.3"),
        ("My program runs but learns badly: where is the mistake?", "10.4"),
        ("All entries are equal and the variance is zero", "10.6"),
        ("Teach it to write a sequence backwards", "11.1"),
        ("Translate written dates into a fixed format", "11.3"),
        ("Is a large weight proof of importance?", "11.7"),
        ("Shift the picture by one pixel", "12.1"),
        ("Recognise handwritten numerals", "12.3"),
        ("What if the photo has more pixels than in training?", "12.5"),
        ("Compute without storing the whole matrix", "13.3"),
        ("Make it cost proportional to the length", "13.4"),
        ("How fast is generating one more token?", "13.6"),
        ("Compare with other software", "13.8"),
    ];
}
