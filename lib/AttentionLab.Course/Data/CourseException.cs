namespace AttentionLab.Course.Data;

/// <summary>The course cannot be built as asked; the message is one line that says why and what to do.</summary>
/// <param name="message">One line: what is wrong, and the fix.</param>
public sealed class CourseException(string message) : Exception(message);
