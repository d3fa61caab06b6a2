using System.Runtime.CompilerServices;

namespace AttentionLab.Words;

/// <content>What is drawn: which words stay, how far a window reaches, which words are negatives.</content>
public sealed partial class SkipGramTraining
{
    /// <summary>The neighbours of one word, each with its negatives behind it; their rows are asked for.</summary>
    private int DrawSamples(ReadOnlySpan<int> line, int word, int[] samples)
    {
        int reach = 1 + (int)((ulong)NextBits() * (uint)_options.Window >> 32), count = 0;
        for (int j = Math.Max(0, word - reach); j <= Math.Min(line.Length - 1, word + reach); j++)
        {
            if (j == word)
            {
                continue;
            }

            int neighbour = line[j];
            samples[count++] = neighbour;
            _neighbours.Fetch(neighbour);
            for (int k = 0; k < _options.Negatives; k++)
            {
                int other = _negatives.Draw(NextBits());
                for (int tries = 0; other == neighbour && tries < 100; tries++)
                {
                    other = _negatives.Draw(NextBits());
                }

                samples[count++] = other;
                _neighbours.Fetch(other);
            }
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint NextBits()
    {
        if (_next == RandomBuffer)
        {
            _random.Fill(_buffer);
            _next = 0;
        }

        return _buffer[_next++];
    }

    private uint KeepLimit(long count)
    {
        double frequency = (double)count / Words;
        double keep = _options.Subsample == 0 || count == 0 ? 1 : Math.Sqrt(_options.Subsample / frequency) + _options.Subsample / frequency;
        return keep >= 1 ? uint.MaxValue : (uint)(keep * uint.MaxValue);
    }
}
