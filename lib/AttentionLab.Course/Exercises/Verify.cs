namespace AttentionLab.Course.Exercises;

/// <summary>"By hand, then by name": a cell computes something with a loop, then by the library, and asserts that both agree.</summary>
public static class Verify
{
    /// <summary>Stops the cell if two results differ; else says so in one line.</summary>
    /// <param name="byHand">What the loop gave: numbers, an array or a tensor.</param>
    /// <param name="byName">What the library gave; as many numbers, in the same order.</param>
    /// <param name="tolerance">Allowed |difference| / max|byName|.</param>
    /// <exception cref="InvalidOperationException">They differ; both are named.</exception>
    public static string Equal(object byHand, object byName, double tolerance = 1e-5)
    {
        Numbers hand = Of(byHand), name = Of(byName);
        if (hand.Values.Length != name.Values.Length)
        {
            throw new InvalidOperationException($"by hand gives {hand.Form} but the library gives {name.Form}: compare the same thing.");
        }

        hand = hand with { Form = name.Form, Columns = name.Columns };
        if (!hand.Close(name, tolerance))
        {
            int worst = hand.Furthest(name);
            throw new InvalidOperationException($"by hand gives {hand.Show(worst, digits: 9)} but the library gives {name.Show(worst, digits: 9)}.");
        }

        return name.Values.Length == 1 ? "✓ By hand and by name agree." : $"✓ By hand and by name agree: {name.Values.Length} numbers.";
    }

    private static Numbers Of(object value) => Numbers.Of(value)
        ?? throw new ArgumentException($"a {value?.GetType().Name ?? "null"} holds no numbers to compare: pass numbers, an array or a tensor.");
}
