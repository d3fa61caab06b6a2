using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace AttentionLab.Tests;

/// <summary>Asserts in inner loops: <see cref="Assert.True(bool, string)"/> gets its message written also where nothing is wrong.</summary>
internal static class Check
{
    /// <summary>Fails with a message if a condition does not hold.</summary>
    public static void That([DoesNotReturnIf(false)] bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref FailureMessage message)
    {
        if (!holds)
        {
            Assert.Fail(message.ToStringAndClear());
        }
    }

    /// <summary>An interpolated string that is written only if the condition before it does not hold.</summary>
    [InterpolatedStringHandler]
    internal ref struct FailureMessage
    {
        private DefaultInterpolatedStringHandler _text;

        public FailureMessage(int literalLength, int formattedCount, bool holds, out bool isWritten)
        {
            isWritten = !holds;
            _text = isWritten ? new(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value, string? format = null) => _text.AppendFormatted(value, format);

        public string ToStringAndClear() => _text.ToStringAndClear();
    }
}
