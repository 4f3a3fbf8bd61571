"""The words around an article on a saved page, in lower case, in the languages that the archive has."""

from __future__ import annotations

SOURCE_LABELS = frozenset((
    "المصدر", "مصدر", "nguồn", "source", "sources", "fonte", "fuente", "quelle", "bron", "sumber",
    "источник", "ที่มา", "แหล่งที่มา", "来源", "來源", "出典", "출처", "ប្រភព", "ແຫຼ່ງທີ່ມາ",
))  # fmt: skip
"""What stands before the link to where a text was taken from."""
LIST_HEADINGS = frozenset((
    "نفس الفئة", "نفس المؤلف", "نفس الموضوع", "اقرأ أيضا", "اقرأ أيضًا", "مواضيع ذات صلة",
    "cùng chuyên mục", "cùng tác giả", "cùng chủ đề", "tin liên quan", "bài liên quan", "tin cùng chuyên mục",
    "same category", "same author", "same topic", "related stories", "related articles", "related news",
    "read also", "même catégorie", "même auteur", "articles liés", "à lire aussi",
    "หมวดหมู่เดียวกัน", "ผู้เขียนเดียวกัน", "ข่าวที่เกี่ยวข้อง",
    "同类", "同一类别", "同一作者", "相关新闻", "相关文章",
))  # fmt: skip
"""Headings of lists of other stories, behind an article or between its paragraphs."""
COMMENT_HEADINGS = frozenset((
    "تعليق", "تعليقات", "التعليقات", "bình luận", "comment", "comments", "commentaire", "commentaires",
    "comentario", "comentarios", "comentários", "kommentar", "kommentare", "komentar", "комментарии", "yorum",
    "ความคิดเห็น", "评论", "評論", "コメント", "댓글", "no data",
))  # fmt: skip
"""Headings of the readers' comments: nothing of an article comes after them."""
PHOTO_LABELS = (
    "photo", "image", "picture", "صورة", "الصورة", "تصوير", "ảnh", "hình", "crédit", "foto", "ภาพ", "图",
    "图片", "照片",
)  # fmt: skip
"""What stands before a photographer's name: `(Photo: Mai Lan)`."""
